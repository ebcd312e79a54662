package handlers

import (
	"time"

	"trustlyportal/trustlyclient"
	"trustlyportal/trustlyclient/plainwords"
)

// Ticket is a record's text for a ticket.
func Ticket(t *trustlyclient.Transaction, zone *time.Location, now time.Time, href string) string {
	return formatter{zone: zone, now: now}.ticket(t, plainwords.Explain(t), href)
}

// CurlCommand asks for an address of the API.
var CurlCommand = curlCommand

// MaxCustomerRows is how many transactions a customer's page is about at most.
const MaxCustomerRows = maxCustomerRows
