package main

import (
	"cmp"
	"time"
)

// drainSettings say how the portal stops.
type drainSettings struct {
	DrainDelay   string `setting:"PORTAL_DRAIN_DELAY" default:"0s" placeholder:"TIME" help:"How long after SIGTERM connections are still taken, while /readyz says 503, for the load balancer to see it: seconds, 5s"`
	DrainTimeout string `setting:"PORTAL_DRAIN_TIMEOUT" default:"25s" placeholder:"TIME" help:"How long requests under way, downloads too, may then take before they are cut: seconds or minutes, 25s or 10m"`
}

// Longer than these is a slip of the keyboard, or a machine that does not go down when it is told to.
const (
	longestDrainDelay   = 5 * time.Minute
	longestDrainTimeout = time.Hour
)

func (p *problems) drain(s *drainSettings) (delay, timeout time.Duration) {
	delay = p.seconds("PORTAL_DRAIN_DELAY", cmp.Or(s.DrainDelay, drainDelay.String()), 0, longestDrainDelay)
	timeout = p.seconds("PORTAL_DRAIN_TIMEOUT", cmp.Or(s.DrainTimeout, drainTimeout.String()), time.Second, longestDrainTimeout)
	return delay, timeout
}

// seconds reads whole seconds, minutes or hours within bounds: 0s, 25s, 10m.
func (p *problems) seconds(name, text string, least, most time.Duration) time.Duration {
	d, err := time.ParseDuration(text)
	if err != nil || d < least || d > most || d%time.Second != 0 {
		p.add(name, "is %q: set it to seconds or minutes from %s to %s, for example 5s or 1m", text, least, most)
		return 0
	}
	return d
}
