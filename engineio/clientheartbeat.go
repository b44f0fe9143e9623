package engineio

import "time"

// The server pings, and whatever it sends is a sign of life. One timer per client: it is not set anew for each of them,
// but looks at the clock when it is due.

// pong answers a ping.
func (c *Client) pong() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.state == stateOpen && c.pongs < maxPongs {
		c.sendControlLocked(pongPacket)
	}
}

// hear notes a sign of life.
func (c *Client) hear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.hearLocked()
}

func (c *Client) hearLocked() { c.heard, c.seen = time.Now(), c.receivedLocked() }

// leftLocked returns how long the server may still be silent.
func (c *Client) leftLocked() time.Duration {
	now := time.Now()
	if n := c.receivedLocked(); n != c.seen || c.reading.Load() > 0 {
		// A part of a message has arrived, or it is the handler that keeps us from reading.
		c.heard, c.seen = now, n
	}
	// The timer and the monotonic clock stand still while the machine sleeps, the clock on the wall does not.
	silent := max(now.Sub(c.heard), now.Round(0).Sub(c.heard.Round(0)))
	return c.silence - silent
}

// tick runs on the timer.
func (c *Client) tick() {
	c.mu.Lock()
	if c.state == stateEnded {
		c.mu.Unlock()
		return
	}
	c.enterLocked()
	defer c.leave()
	silent := false
	if c.state == stateLingering {
		c.endLocked() // it has taken too long
	} else if left := c.leftLocked(); left > 0 {
		c.timer.Reset(left)
	} else {
		silent = true
	}
	c.mu.Unlock()
	if silent {
		c.end(PingTimeout, errSilence, abort)
	}
}
