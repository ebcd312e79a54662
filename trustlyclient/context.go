package trustlyclient

import "context"

// contextKey keeps what a context says about its calls from other packages' keys.
type contextKey int

const (
	backgroundKey contextKey = iota
	freshKey
	requestIDKey
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

// maxRequestID is longer than a UUID or a trace id.
const maxRequestID = 64

// WithRequestID has the errors of a context's calls name the request of ours that they were made for. An id over 64
// bytes or with a control character is dropped: errors go into logs.
func WithRequestID(ctx context.Context, id string) context.Context {
	if len(id) > maxRequestID || hasControl(id) {
		return ctx
	}
	return context.WithValue(ctx, requestIDKey, id)
}

func requestID(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey).(string)
	return id
}
