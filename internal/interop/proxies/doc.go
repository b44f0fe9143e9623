// Package proxies tests the configuration files of docs/deploy: it starts nginx, HAProxy and Caddy with them in front of
// two servers of ours, and has the official client connect through them. It has only tests.
package proxies
