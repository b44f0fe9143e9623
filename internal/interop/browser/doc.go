// Package browser tests in a real browser what only a browser can tell. In headless Chromium it opens the chat of
// examples/chat, served by the program itself, and pages with the client of clientjs, which it drives from a script in
// testdata, against servers in the process of the test or, to kill them, in another. By WebTransport they talk with the
// official server. It has only tests.
package browser
