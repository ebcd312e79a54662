package trustlyclient

import "context"

// contextKey keeps what a context says about its calls from other packages' keys.
type contextKey int

const backgroundKey contextKey = iota

// InBackground marks the calls of a context as work that nobody watches, such as an export. They leave the way free
// for people's calls and never take the last free slot of Options.MaxConcurrency when there is more than one.
func InBackground(ctx context.Context) context.Context {
	return context.WithValue(ctx, backgroundKey, true)
}

func inBackground(ctx context.Context) bool {
	marked, _ := ctx.Value(backgroundKey).(bool)
	return marked
}
