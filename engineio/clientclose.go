package engineio

import "log/slog"

// Close ends the session, with reason [ForcedClose]: what has been sent before is still written, for at most 5 seconds,
// and the server is told. It returns at once, and calls Handler.Close.
func (c *Client) Close() { c.end(ForcedClose, nil, flush) }

// Fail is Close with another reason, such as [ParseError], and its cause.
func (c *Client) Fail(reason CloseReason, cause error) { c.end(reason, cause, flush) }

// end ends the session, once: flush writes what is queued and tells the server, discard only tells it, abort drops the
// connection. Called without mu.
func (c *Client) end(reason CloseReason, cause error, how closing) {
	c.mu.Lock()
	if !c.opened {
		if c.early == nil {
			c.early = &earlyClose{reason, cause, how}
		}
		c.mu.Unlock()
		return
	}
	if c.state != stateOpen {
		c.mu.Unlock()
		return
	}
	c.state = stateLingering
	c.closed.Store(true)
	c.enterLocked() // nothing is left only after the handler knows
	defer c.leave()
	c.dropUpgradeLocked()
	if how != flush {
		c.discardLocked()
	}
	if how == abort {
		c.endLocked()
	} else {
		c.timer.Reset(clientCloseTimeout)
		if c.ws == nil {
			c.pushLocked(closePacket)
		}
		c.flushLocked()
	}
	c.mu.Unlock()
	c.logClose(reason, cause)
	c.handler.Close(reason, cause)
}

// over ends a session that was closed before, if it was: there is nothing left to write, or no way.
func (c *Client) over() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.state == stateLingering {
		c.endLocked()
	}
}

// endLocked ends the requests and the connection. Whoever calls it calls leave later.
func (c *Client) endLocked() {
	c.state = stateEnded
	c.discardLocked()
	c.timer.Stop()
	c.cancel()
	if c.ws != nil {
		c.ws.conn.CloseNow()
	}
}

func (c *Client) logClose(reason CloseReason, cause error) {
	attrs := []slog.Attr{attr("reason", string(reason)), attr("transport", c.Transport())}
	if cause != nil {
		attrs = append(attrs, attr("cause", cause.Error()))
	}
	c.log(closeLevel(reason, cause), "engineio: session closed", attrs...)
}
