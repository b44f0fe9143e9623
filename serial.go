package socketio

import (
	"sync"
	"sync/atomic"
)

// A serial calls functions one at a time, in the order in which they were added. There is a goroutine for it only while
// there are any. The zero value is ready.
type serial struct {
	waiting atomic.Int32 // len(queue), to look at without the lock

	mu sync.Mutex // innermost
	// Guarded by mu.
	queue   []func()
	running bool
}

// add appends a function. It is called once somebody calls run or start.
func (q *serial) add(fn func()) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.queue = append(q.queue, fn)
	q.waiting.Add(1)
}

// start sees to it that a goroutine calls what was added.
func (q *serial) start() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.running && len(q.queue) > 0 {
		q.running = true
		go q.drain() // ends when the queue is empty
	}
}

// run calls what was added, unless somebody does so already: another goroutine, or this one if run is called by one of
// the functions. Then it returns at once.
func (q *serial) run() {
	if q.waiting.Load() == 0 {
		return
	}
	q.mu.Lock()
	if q.running {
		q.mu.Unlock()
		return
	}
	q.running = true
	q.mu.Unlock()
	q.drain()
}

// drain calls functions until the queue is empty. If one ends its goroutine, another goes on behind it.
func (q *serial) drain() {
	finished := false
	defer func() {
		if !finished {
			go q.drain() // ends when the queue is empty
		}
	}()
	for {
		q.mu.Lock()
		if len(q.queue) == 0 {
			q.queue = nil
			q.running = false
			finished = true
			q.mu.Unlock()
			return
		}
		fn := q.queue[0]
		q.queue[0] = nil
		q.queue = q.queue[1:]
		q.waiting.Add(-1)
		q.mu.Unlock()
		fn()
	}
}

// clear drops what was added and not called.
func (q *serial) clear() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting.Add(-int32(len(q.queue)))
	q.queue = nil
}
