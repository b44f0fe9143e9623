package engineio

import (
	"net/http"
	"net/netip"
	"strings"
)

// proxies are the networks of Options.TrustedProxies.
type proxies []netip.Prefix

// newProxies panics with a sentence on what is neither an address nor a network.
func newProxies(list []string) proxies {
	var p proxies
	for _, s := range list {
		if addr, err := netip.ParseAddr(s); err == nil {
			p = append(p, netip.PrefixFrom(addr.Unmap(), addr.Unmap().BitLen()))
			continue
		}
		prefix, err := netip.ParsePrefix(s)
		if err != nil || prefix.Addr().Is4In6() {
			mistake("%q in TrustedProxies is not a network: write %q or %q", s, "10.0.0.0/8", "192.0.2.7")
		}
		p = append(p, prefix.Masked())
	}
	return p
}

func (p proxies) trust(addr netip.Addr) bool {
	for _, prefix := range p {
		if prefix.Contains(addr) {
			return true
		}
	}
	return false
}

// origin returns the address that a request comes from, without a port, and whether it came with TLS, at least as far
// as the first trusted proxy.
//
// Each proxy appends to X-Forwarded-For who has talked to it, so the list is read from its end for as long as those
// who wrote it are trusted. What stands before that anybody may have written.
func (p proxies) origin(r *http.Request) (address string, secure bool) {
	secure = r.TLS != nil
	peer, ok := hostAddr(r.RemoteAddr)
	if !ok {
		return r.RemoteAddr, secure // not an IP address, such as that of a Unix socket
	}
	if !p.trust(peer) {
		return peer.String(), secure
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && p.trust(peer); i-- {
		hop, ok := hostAddr(strings.TrimSpace(hops[i]))
		if !ok {
			break
		}
		peer = hop
	}
	if v := r.Header.Values("X-Forwarded-Proto"); len(v) > 0 {
		last := v[len(v)-1]
		secure = strings.EqualFold(strings.TrimSpace(last[strings.LastIndexByte(last, ',')+1:]), "https")
	}
	return peer.String(), secure
}

// hostAddr parses an IP address with or without a port.
func hostAddr(s string) (netip.Addr, bool) {
	if ap, err := netip.ParseAddrPort(s); err == nil {
		return ap.Addr().Unmap().WithZone(""), true
	}
	addr, err := netip.ParseAddr(strings.Trim(s, "[]"))
	return addr.Unmap().WithZone(""), err == nil
}
