// Package browser tests in a real browser what only a browser can tell: it opens the chat of examples/chat, served by
// the program itself, in headless Chromium, and pages that talk by WebTransport. It has only tests.
package browser
