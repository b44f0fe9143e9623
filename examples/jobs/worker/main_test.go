package main

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/socketio-go/socketio"
)

func TestFactor(t *testing.T) {
	for _, row := range []struct {
		name string
		n    uint64
		want []uint64
	}{
		{"one", 1, []uint64{}},
		{"prime", 2, []uint64{2}},
		{"power", 1 << 63, slices.Repeat([]uint64{2}, 63)},
		{"square", 65537 * 65537, []uint64{65537, 65537}},
		{"largest", math.MaxUint64, []uint64{3, 5, 17, 257, 641, 65537, 6700417}},
	} {
		t.Run(row.name, func(t *testing.T) {
			got, err := factor(t.Context(), row.n)
			if err != nil || !slices.Equal(got, row.want) {
				t.Errorf("%d, %v, want %d", got, err, row.want)
			}
		})
	}
	if _, err := factor(t.Context(), 0); !errors.As(err, new(*socketio.AckError)) {
		t.Errorf("of 0: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := factor(ctx, math.MaxUint64-58); !errors.Is(err, context.Canceled) { // a prime
		t.Errorf("when nobody waits: %v", err)
	}
}
