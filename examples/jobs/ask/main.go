// Command ask asks the server for the prime factors of numbers, and prints them. See package jobs.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"

	"github.com/socketio-go/socketio"
	"github.com/socketio-go/socketio/examples/jobs"
)

func main() {
	url := flag.String("url", "http://localhost:3000", "`URL` of the server")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := ask(ctx, *url, flag.Args()); err != nil {
		slog.Error("ended", "error", err)
		os.Exit(1)
	}
}

// ask asks for one number after the other. It waits for as long as it takes, for the server, too.
func ask(ctx context.Context, url string, numbers []string) error {
	c := socketio.NewClient(url, &socketio.ClientOptions{
		// What is not answered when the connection is lost is asked again on the next one.
		Retries: 100,
		Logger:  slog.Default(),
	})
	defer c.Close()
	c.OnConnectError(func(err error) { slog.Warn("not connected", "error", err, "again", c.Active()) })
	if err := c.Connect(ctx); err != nil && !c.Active() {
		return err
	}
	for _, number := range numbers {
		n, err := strconv.ParseUint(number, 10, 64)
		if err != nil {
			return err
		}
		factors, err := jobs.Factor.Do(ctx, c, n)
		if failed, ok := errors.AsType[*socketio.AckError](err); ok {
			fmt.Printf("%d: %v\n", n, failed)
			continue
		} else if err != nil {
			return err
		}
		fmt.Printf("%d = %s\n", n, product(factors))
	}
	return nil
}

func product(factors []uint64) string {
	words := []string{}
	for _, f := range factors {
		words = append(words, strconv.FormatUint(f, 10))
	}
	return strings.Join(words, " × ")
}
