package main

import (
	"context"
	"fmt"
	"net"
)

// What systemd is told of a unit of Type=notify.
const (
	notifyReady    = "READY=1"
	notifyStopping = "STOPPING=1"
)

// notify tells systemd, if it started the program, how the service stands: one datagram to the socket named by
// NOTIFY_SOCKET, whose leading @ stands for Linux's names without a file.
func notify(ctx context.Context, getenv func(string) string, state string) error {
	address := getenv("NOTIFY_SOCKET")
	if address == "" {
		return nil
	}
	conn, err := (&net.Dialer{}).DialContext(ctx, "unixgram", address)
	if err != nil {
		return fmt.Errorf("tell systemd: %w", err)
	}
	defer func() { _ = conn.Close() }() // a datagram is whole or not sent
	if _, err := conn.Write([]byte(state)); err != nil {
		return fmt.Errorf("tell systemd: %w", err)
	}
	return nil
}
