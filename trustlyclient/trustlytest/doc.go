// Package trustlytest is a sandbox of the Trustly payments API: an [http.Handler] that answers GET /transactions and
// GET /transactions/{id} over a made-up ledger that looks like life.
//
// Start one in a test with [NewServer], or serve [New] from any http.Server. The base URL to give to a client is the
// server's root, with or without /api/v1.
//
// [Scenario] makes up just the families that the reference lists, [ManyCaptures] one with hundreds of records.
//
// # What follows the reference
//
// Marks as in Trustly's reference notes: seed = Trustly's own pages, docs = other Trustly pages, 3rd = public code.
//
//   - The 44 query parameters, and which four of them may be repeated [seed].
//   - count 25 by default and 100 at most, startIndex as a row offset, orderBy createdAt or updatedAt, sortOrder desc by
//     default, and no total anywhere [seed].
//   - Three shapes of a list: a bare array [seed], numbered members [docs], an array with startIndex and itemsPerPage
//     [3rd]; plus the array of wrapped members. One transaction comes wrapped as in the sample [seed].
//   - Codes as JSON numbers, the spelling "subtype", times in milliseconds, verificationDate in seconds: all as in the
//     sample [seed]. The sample record itself is in the ledger, byte for byte.
//   - The errors array with domain, code, message, location, occurredAt [docs]; 401 with code 375 [3rd]; an unknown id
//     as code 200 [docs], its HTTP status 400 or 404.
//   - Record types, statuses, provider codes and how they follow each other [docs, seed].
//
// # What is the sandbox's own choice
//
// The documentation leaves these open; nobody should rely on the real API doing the same.
//
//   - Names and descriptions match as a substring without regard to case (Options.Matching offers other ways); ids,
//     references, numbers and codes exactly; IP addresses by value. customerName and payment.customer.name look at the same field, and so do accountNumber and
//     payment.fiAccount.accountNumber, routingNumber and payment.fiAccount.routingNumber.
//   - Ranges of any length, offsets of any depth: Options.MaxRange, DefaultRange, MaxCount and MaxOffset set limits.
//   - Bounds are inclusive; Options can make both, or the end alone, exclusive. Time bounds are instants in the unit of
//     Options.TimeUnit. A record without a processing time matches no processedAt bound.
//   - Rows with equal times come in the order of their ids, in the opposite order for desc.
//   - paid and refunded filter the transaction's own figures. Captures, pays, representments and deposits carry
//     figures; refunds, reverses and reclaims carry an amount and what is pending, and their effect shows on the record
//     they belong to. So a payment's figures are the sums over its records, and balance = paid − refunded − reversed.
//     A reclaim counts as refunded of its deposit.
//   - payment.paymentProvider.framework compares an undeclared member "framework" that some providers have.
//     ignoreUserPortalTransactions is checked to be a boolean and otherwise ignored.
//   - The sandbox is strict where the real API may be lenient: an unknown parameter, an empty value, a single-valued
//     parameter sent twice, a count outside 1 to 100 are refused with 400.
//   - The values that force an error [docs] do so as a transaction id, accountNumber, payment.fiAccount.accountNumber,
//     payment.paymentId or originalTransactionId: 1002000000 → 400/200, 1003000000 → 401/300, 1003250000 → 401/325,
//     1003750000 → 401/375, 1001000000 → 500/100.
//   - Which bank code comes with which status, fees, batches and all timing.
//
// # What goes wrong
//
// [Server.SetFault] makes answers fail, hang, break or drag, all of them or a share; [Server.Control] does it by HTTP.
// Options.Latency, Jitter and RateLimit set the pace, Options.Live and CreatedPerSecond let the ledger move.
package trustlytest
