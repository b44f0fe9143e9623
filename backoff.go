package socketio

import (
	"math"
	"math/rand/v2"
	"time"
)

// backoff returns the delay before an attempt to reconnect, counted from 0: it grows with each one, up to a limit, and
// a part of it is left to chance.
func (o *ClientOptions) backoff(attempt int) time.Duration {
	chance := 1 + o.RandomizationFactor*(2*rand.Float64()-1) //nolint:gosec // no secret
	delay := float64(o.ReconnectionDelay) * math.Pow(o.ReconnectionFactor, float64(attempt)) * chance
	return time.Duration(min(delay, float64(o.ReconnectionDelayMax))) // infinity, too, is the limit
}
