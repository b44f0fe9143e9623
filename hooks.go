package socketio

import "slices"

// hooks are functions that were registered for one thing, in their order. Slices of them are never changed in place.
type hooks[F any] struct{ list []*F }

func (h *hooks[F]) add(fn F) *F {
	h.list = append(slices.Clip(h.list), &fn)
	return &fn
}

func (h *hooks[F]) remove(fn *F) {
	h.list = slices.DeleteFunc(slices.Clone(h.list), func(other *F) bool { return other == fn })
}
