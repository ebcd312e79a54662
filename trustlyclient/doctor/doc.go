// Package doctor finds out how a Trustly API behaves where its documentation is silent or contradicts itself: the unit
// of time filters, whether their bounds are inclusive, the shape of answers, how texts match, how long a range and how
// large a page may be, and more.
//
// [Run] asks in fewer than 40 requests and never writes. Each finding has the evidence for it: what was asked and what
// came back, without personal data. What can't be told – in an account without transactions, say – is unknown, not
// guessed. [Quick] asks the few questions that a portal's correctness hangs on, in 4 requests at most.
//
// How it finds out: it reads the newest page first, and then probes with narrow windows around the creation of one row,
// in either unit and up to that very instant from either side. It speaks HTTP itself, since it has to see answers as
// they are. As in trustlyclient, credentials go over https or to a loopback host only, and redirects are not followed.
package doctor
