package socketio_test

import (
	"context"
	"slices"
	"sync"
	"testing"

	"github.com/socketio-go/socketio"
)

// A memCluster is a cluster of servers in one process. Only what servers say to each other goes through it.
type memCluster struct {
	mu    sync.Mutex
	nodes map[string][]*memNode // by namespace
}

// serveCluster starts n servers that are a cluster.
func serveCluster(t *testing.T, n int, opts socketio.ServerOptions) []*app {
	t.Helper()
	c := &memCluster{nodes: map[string][]*memNode{}}
	opts.Adapter = c.join
	apps := make([]*app, n)
	for i := range apps {
		apps[i] = serve(t, &opts)
	}
	return apps
}

// A memNode is the adapter of one namespace of one server.
type memNode struct {
	*socketio.Local
	cluster *memCluster
	left    chan struct{} // closed when the server is
	once    sync.Once
}

func (c *memCluster) join(l *socketio.Local) socketio.Adapter {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := &memNode{Local: l, cluster: c, left: make(chan struct{})}
	name := l.Namespace().Name()
	c.nodes[name] = append(c.nodes[name], n)
	return n
}

func (n *memNode) others() []*memNode {
	n.cluster.mu.Lock()
	defer n.cluster.mu.Unlock()
	nodes := slices.Clone(n.cluster.nodes[n.Namespace().Name()])
	return slices.DeleteFunc(nodes, func(o *memNode) bool { return o == n })
}

func (n *memNode) ServerSideEmit(event string, args socketio.Args) error {
	for _, o := range n.others() {
		o.DeliverServerSide(event, args, nil)
	}
	return nil
}

func (n *memNode) ServerSideEmitWithAck(
	ctx context.Context, event string, args socketio.Args,
) (answers []socketio.Args, err error) {
	type outcome struct {
		args socketio.Args
		left bool
	}
	others := n.others()
	outcomes := make(chan outcome, len(others))
	for _, o := range others {
		answer := make(chan socketio.Args, 1) // a second answer would block
		o.DeliverServerSide(event, args, func(a socketio.Args) { answer <- a })
		go func() { // ends with the answer, the other server, or ctx
			select {
			case a := <-answer:
				outcomes <- outcome{args: a}
			case <-o.left:
				outcomes <- outcome{left: true}
			case <-ctx.Done():
			}
		}()
	}
	for range others {
		select {
		case o := <-outcomes:
			if !o.left {
				answers = append(answers, o.args)
			}
		case <-ctx.Done():
			return answers, ctx.Err()
		}
	}
	return answers, nil
}

func (n *memNode) Close() error {
	n.cluster.mu.Lock()
	name := n.Namespace().Name()
	n.cluster.nodes[name] = slices.DeleteFunc(n.cluster.nodes[name], func(o *memNode) bool { return o == n })
	n.cluster.mu.Unlock()
	n.once.Do(func() { close(n.left) })
	return n.Local.Close()
}
