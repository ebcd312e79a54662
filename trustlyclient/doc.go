// Package trustlyclient reads transactions from the Trustly North America REST API.
//
// A [Client] answers three questions: [Client.List] one page of a filtered list,
// [Client.Get] one transaction by its id, [Client.All] a short result to its end.
//
//	client, err := trustlyclient.New(trustlyclient.Options{
//		BaseURL:   "https://sandbox.trustly.one/api/v1",
//		AccessID:  accessID,
//		AccessKey: accessKey,
//	})
//	page, err := client.List(ctx, trustlyclient.ListOptions{
//		Filters: url.Values{"transactionType": {"3"}, "transactionStatus": {"5", "8"}},
//	})
//
// # What the API says and what it sends
//
// Trustly's pages contradict each other, and its samples contradict its schema: enums are numbers here and strings
// there, times are seconds here and milliseconds there, a list comes in three shapes. So every scalar of a
// [Transaction] decodes from any JSON value, keeps the text as it was sent, and never fails: one odd field does not
// lose a record. A code that no table knows is kept and shown as it is. Fields nobody declared are in
// [Transaction.Raw], the record's own JSON byte for byte. What is never tolerated is a lost row: an answer that can't be
// read whole is [ErrMalformed].
//
// Who needs a few fields of many rows names them in ListOptions.Fields: the answer is checked as ever, and only those are
// taken out of it.
//
// # How a call reaches the API
//
// Each call goes through these steps, and each may end it:
//
//   - cache: a list page asked for less than Options.CacheFor ago is handed out again; [Page.FetchedAt] tells its age.
//     [Fresh] goes past it and renews it, [Client.Forget] empties it.
//   - join: what is being asked already is waited for. A caller's cancel or deadline ends its own wait only.
//   - retry: 429, 500, 502, 503, 504 and faults of the network are asked again with growing waits, by chance shorter or
//     longer. Retry-After counts instead, up to five minutes. Never is waited past the context's deadline.
//   - breaker: after fifteen failures in a row the API is dead. Calls fail at once in the way it failed last,
//     as [ErrUnavailable] or [ErrTimeout], and Error.RetryAfter says when to come back; every two seconds one goes through to look.
//   - budget: requests leave Options.RateLimit a second, evenly spaced, Options.MaxConcurrency at a time.
//     Several processes share a limit by Options.Meter.
//   - try: one request, within Options.Timeout.
//
// A call is a person's unless its context is marked by [InBackground]. People come before the background at every
// place that comes free. They get three tries within two seconds, and their error soon; the background goes on
// for Options.Patience, waits for a dead API, and neither uses nor fills the cache. A long export therefore marks its context:
//
//	ctx = trustlyclient.InBackground(ctx)
//
// What is handed out may be shared with other callers: a [Page] and its slice are the caller's own, a [Transaction] is
// to be read only.
//
// # Errors
//
// A request that fails returns an [*Error]. Ask [errors.Is] for what happened ([ErrNotFound], [ErrRateLimited],
// [ErrTimeout] …) and [errors.As] for the status, the API's own code and its Retry-After. The text of an error is safe
// to log: it never holds query strings, bodies, ids or the API's message; the id given by [WithRequestID] it does. What is refused before any request is
// [ErrInvalid] and no *Error; a request the caller canceled is context.Canceled.
//
// # Personal data
//
// A transaction holds tax ids, licence numbers, addresses and e-mail addresses in clear. This package masks nothing
// and logs nothing; a Transaction handed to log/slog shows its id only.
package trustlyclient
