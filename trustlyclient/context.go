package trustlyclient

import "context"

// contextKey keeps what a context says about its calls from other packages' keys.
type contextKey int

const (
	backgroundKey contextKey = iota
	freshKey
)

// InBackground marks the calls of a context as work that nobody watches, such as an export. They leave the way free
// for people's calls and never take the last free slot of Options.MaxConcurrency when there is more than one.
func InBackground(ctx context.Context) context.Context {
	return context.WithValue(ctx, backgroundKey, true)
}

// Fresh marks the calls of a context as a reload: each is a request of its own, whose answer takes the place of what
// was kept. It joins no request in flight either, so what it returns was asked after the call.
func Fresh(ctx context.Context) context.Context {
	return context.WithValue(ctx, freshKey, true)
}

func isFresh(ctx context.Context) bool {
	marked, _ := ctx.Value(freshKey).(bool)
	return marked
}

func inBackground(ctx context.Context) bool {
	marked, _ := ctx.Value(backgroundKey).(bool)
	return marked
}
