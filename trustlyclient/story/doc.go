// Package story tells what happened to a payment from its records: who came from whom, what happened when, what the
// money did, and whether the figures agree.
//
// It says only what the records say. The API has no list of events, so a step is one of a record's times and nothing
// more: a record without completedAt has no step Completed, whatever its status. What the documentation leaves open is
// marked as a [Guess], and a check that it does not carry is not made.
//
// Facts are marked as in Trustly's reference notes: seed = Trustly's own pages, docs = other Trustly pages, guess = our
// reading of them.
package story
