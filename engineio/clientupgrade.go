package engineio

import (
	"context"
	"time"
)

// An upgrade moves the session from polling to a WebSocket (protocol, "Upgrade"): once the server has answered the
// probe, no poll and no POST begins any more, and when those under way have ended, the WebSocket is the transport. What
// is sent meanwhile waits in the queue. Until then any failure leaves the session where it is.
type upgrade struct {
	// Immutable.
	cancel context.CancelFunc // ends the handshake of the WebSocket

	// Guarded by Client.mu.
	ws       *clientWS // nil: the handshake is not over
	timer    *time.Timer
	answered bool // the server has answered the probe
}

var (
	probePacket   = controlPacket(packetPing, probeText)
	upgradePacket = controlPacket(packetUpgrade, "")
)

// startUpgrade begins one, unless the session has ended meanwhile.
func (c *Client) startUpgrade() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.state != stateOpen {
		return
	}
	ctx, cancel := context.WithCancel(c.ctx)
	u := &upgrade{cancel: cancel}
	u.timer = time.AfterFunc(c.opts.UpgradeTimeout, func() { c.abandonUpgrade(u, errUpgradeTimeout) })
	c.upgrade = u
	c.enterLocked()
	go c.tryUpgrade(ctx, u) // ends when there is a WebSocket, or none
}

// tryUpgrade opens the WebSocket.
func (c *Client) tryUpgrade(ctx context.Context, u *upgrade) {
	defer c.leave()
	conn, err := c.dialConn(ctx)
	u.cancel()
	if err != nil {
		c.abandonUpgrade(u, err)
		return
	}
	t := &clientWS{client: c, conn: conn}
	c.mu.Lock()
	wanted := c.upgrade == u
	if wanted {
		u.ws = t
		c.enterLocked()
		c.traceSentLocked(webSocket, probePacket)
	}
	c.mu.Unlock()
	if !wanted {
		conn.CloseNow()
		return
	}
	_, _ = conn.Write([][]byte{probePacket.frame}) // a failure reaches Closed
	// Another goroutine, since the stack of this one has grown. It ends with the WebSocket.
	go func() {
		defer c.leave()
		conn.Serve(t)
	}()
}

// pausedLocked reports whether the session waits for its requests to end, in order to leave polling.
func (c *Client) pausedLocked() bool { return c.upgrade != nil && c.upgrade.answered }

// probed handles a packet of a WebSocket that is not the transport.
func (c *Client) probed(t *clientWS, p packet, err error) {
	c.mu.Lock()
	u := c.upgrade
	if u == nil || u.ws != t {
		c.mu.Unlock()
		return
	}
	good := err == nil && p.typ == packetPong && string(p.data) == probeText && !u.answered
	u.answered = u.answered || good
	c.mu.Unlock()
	if err == nil {
		c.traceReceived(p, webSocket)
	}
	if !good {
		c.abandonUpgrade(u, errProbe)
		return
	}
	c.finishUpgrade()
}

// finishUpgrade makes the WebSocket of an upgrade the transport, if the server has answered the probe and neither a
// poll nor a POST is under way: two transports would hand packets on at the same time.
func (c *Client) finishUpgrade() {
	c.mu.Lock()
	if !c.pausedLocked() || c.polling || c.posting || c.state != stateOpen {
		c.mu.Unlock()
		return
	}
	u := c.upgrade
	c.upgrade = nil
	u.timer.Stop()
	c.ws = u.ws
	c.ws.live.Store(true)
	c.hearLocked()
	c.pushLocked(upgradePacket)
	last := len(c.queue) - 1
	copy(c.queue[1:], c.queue[:last])
	c.queue[0] = upgradePacket // before what has waited
	c.flushLocked()
	c.mu.Unlock()
	c.log(levelDebug, "engineio: session upgraded")
	c.dropHTTP()
}

// upgradeFailed ends an upgrade whose WebSocket has ended.
func (c *Client) upgradeFailed(t *clientWS, why error) {
	c.mu.Lock()
	u := c.upgrade
	tried := u != nil && u.ws == t
	c.mu.Unlock()
	if tried {
		c.abandonUpgrade(u, why)
	}
}

// abandonUpgrade gives an upgrade up. Polling goes on.
func (c *Client) abandonUpgrade(u *upgrade, why error) {
	c.mu.Lock()
	if c.upgrade != u {
		c.mu.Unlock()
		return
	}
	c.dropUpgradeLocked()
	if !c.polling {
		c.polling = true
		c.enterLocked()
		go c.poll(nil) // ends with the session
	}
	c.flushLocked()
	c.mu.Unlock()
	c.log(levelDebug, "engineio: upgrade failed", attr("why", withoutURL(why).Error()))
}

// dropUpgradeLocked ends an upgrade under way, if there is one.
func (c *Client) dropUpgradeLocked() {
	u := c.upgrade
	if u == nil {
		return
	}
	c.upgrade = nil
	u.timer.Stop()
	u.cancel()
	if u.ws != nil {
		u.ws.conn.CloseNow()
	}
}
