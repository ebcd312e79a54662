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
// # Errors
//
// A request that fails returns an [*Error]. Ask [errors.Is] for what happened ([ErrNotFound], [ErrRateLimited],
// [ErrTimeout] …) and [errors.As] for the status, the API's own code and its Retry-After. The text of an error is safe
// to log: it never holds query strings, bodies, ids or the API's message. What is refused before any request is
// [ErrInvalid] and no *Error; a request the caller canceled is context.Canceled.
//
// # Personal data
//
// A transaction holds tax ids, licence numbers, addresses and e-mail addresses in clear. This package masks nothing
// and logs nothing; a Transaction handed to log/slog shows its id only.
package trustlyclient
