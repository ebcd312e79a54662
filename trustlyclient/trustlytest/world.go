package trustlytest

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
)

// world is who and what payments are made of: merchants, banks and customers, all drawn from the seed.
type world struct {
	american []*Customer
	canadian []*Customer
	hostile  []*Customer // of both
}

var merchants = []*Merchant{
	{
		ID: "1002000001", Name: "Example Store", prefix: "ORD-", ReturnURL: "https://store.example/ok", CancelURL: "https://store.example/cancel",
		descriptions: []string{"Order", "Order", "Gift card", "Repair & return"}, low: 500, high: 60_000,
	},
	{ID: "1002000002", Name: "Blue Mesa Gaming", prefix: "BMG", descriptions: []string{"Wallet top-up", "Withdrawal"}, low: 1000, high: 250_000},
	{
		ID: "1002000003", Name: "Café Lumière", prefix: "cl_", ReturnURL: "https://lumiere.example/merci", CancelURL: "https://lumiere.example/",
		descriptions: []string{"Café & pâtisserie", "Abonnement n°"}, low: 299, high: 9_000,
	},
	{ID: "1002000004", Name: "Quarter Mile Auto Loans", prefix: "LOAN/", descriptions: []string{"Loan payment", "Payoff"}, low: 9_900, high: 480_000},
	{ID: "1002000005", Name: "Sunline Utilities", prefix: "SU-2026-", descriptions: []string{"Electricity bill", "Water bill", "Deposit refund"}, low: 2_500, high: 38_000},
	{ID: "1002000006", Name: "Harbor & Pine Outfitters", prefix: "HP#", descriptions: []string{`24" pack`, "Order <express>", "Boots, size 9½"}, low: 1_900, high: 95_000},
	{ID: "1002000007", Name: "Maple Ledger Credit", prefix: "MLC-", descriptions: []string{"Versement / Instalment"}, low: 5_000, high: 120_000},
}

// canadianMerchant is the one that takes Canadian dollars.
var canadianMerchant = merchants[len(merchants)-1]

var providers = []*Provider{
	{ID: "200005501", Name: "Demo Bank", Country: "US", Type: 1, Subtype: 1000, InstantPayout: true, routing: "124003116"},
	{ID: "200005502", Name: "First Prairie Bank", Country: "US", Type: 1, Subtype: 1000, InstantPayout: true, Framework: "oauth", routing: routing("07192001")},
	{ID: "200005503", Name: "Harborstone Credit Union", Country: "US", Type: 1, Subtype: 1000, Framework: "oauth", routing: routing("32508140")},
	{ID: "200005504", Name: "Ozark Valley Savings", Country: "US", Type: 1, Subtype: 1000, InstantPayout: true, Framework: "direct", routing: routing("08650327")},
	{ID: "200005505", Name: "Banco Sol y Sombra", Country: "US", Type: 1, Subtype: 1000, routing: routing("11390088")},
	{ID: "000000000", Name: "Demo Bank", Country: "US", Type: 2, Subtype: 2000, routing: "124003116"},
	{ID: "000000001", Name: "Other bank", Country: "US", Type: 2, Subtype: 2001, routing: routing("06110478")},
	{ID: "200006101", Name: "Banque de l’Érable", Country: "CA", Type: 1, Subtype: 1000, Framework: "oauth", routing: "081500123"},
	{ID: "200006102", Name: "Rideau Trust", Country: "CA", Type: 1, Subtype: 1000, routing: "061200045"},
}

const firstCanadianProvider = 7

// routing completes eight digits by the check digit of American routing numbers.
func routing(eight string) string {
	sum := 0
	for i, weight := range []int{3, 7, 1, 3, 7, 1, 3, 7} {
		sum += weight * int(eight[i]-'0')
	}
	return eight + strconv.Itoa((10-sum%10)%10)
}

var towns = []Address{
	{City: "Redwood City", State: "CA", Zip: "94063"}, {City: "Testville", State: "CA", Zip: "90001"}, {City: "Brooklyn", State: "NY", Zip: "11201"},
	{City: "Cañon City", State: "CO", Zip: "81212"}, {City: "Coeur d'Alene", State: "ID", Zip: "83814"}, {City: "Austin", State: "TX", Zip: "78701"},
	{City: "St. Louis", State: "MO", Zip: "63101"}, {City: "Honolulu", State: "HI", Zip: "96813"}, {City: "Boston", State: "MA", Zip: "02108"},
}

var canadianTowns = []Address{
	{City: "Montréal", State: "QC", Zip: "H2Y 1C6"}, {City: "Toronto", State: "ON", Zip: "M5V 2T6"}, {City: "Trois-Rivières", State: "QC", Zip: "G9A 1A1"},
}

var streets = []string{"Broadway St", "Main St", "Elm Ave", "Martin Luther King Jr Blvd", "Calle Ocho", "Rue Saint-Denis", "O'Farrell St", "1st Ave NW"}

// newWorld makes up so many customers that each has several payments; hostile ones are spread over them.
func newWorld(seed uint64, rows int, now int64) *world {
	n := min(max(rows/12, len(hostileNames)*4), 40_000)
	r := rand.New(rand.NewPCG(seed, 1<<40))
	w := &world{}
	for i := range n {
		name := givenNames[r.IntN(len(givenNames))] + " " + familyNames[r.IntN(len(familyNames))]
		hostile := i%4 == 3 && i/4 < len(hostileNames)
		switch {
		case hostile:
			name = hostileNames[i/4]
		case r.IntN(12) == 0:
			name = pick(r, ownNames)
		}
		canadian := i == 0 || !hostile && r.IntN(8) == 0
		c := newCustomer(r, i, name, canadian, now)
		switch {
		case hostile:
			w.hostile = append(w.hostile, c)
		case canadian:
			w.canadian = append(w.canadian, c)
		default:
			w.american = append(w.american, c)
		}
	}
	return w
}

// customer picks one; some are seen far more often than others.
func (w *world) customer(r *rand.Rand, canadian bool) *Customer {
	if canadian {
		return pick(r, w.canadian)
	}
	if r.IntN(100) == 0 {
		return pick(r, w.hostile)
	}
	u := r.Float64()
	return w.american[int(u*u*float64(len(w.american)))]
}

func newCustomer(r *rand.Rand, i int, name string, canadian bool, now int64) *Customer {
	m, country, town, bank := merchants[r.IntN(len(merchants)-1)], "US", pick(r, towns), pick(r, providers[:firstCanadianProvider])
	if canadian {
		m, country, town, bank = canadianMerchant, "CA", pick(r, canadianTowns), pick(r, providers[firstCanadianProvider:])
	}
	number := strconv.Itoa(1_002_000_900 + i*7)
	town.Line1 = strconv.Itoa(1+r.IntN(9800)) + " " + pick(r, streets)
	if r.IntN(5) == 0 {
		town.Line2 = "Apt " + strconv.Itoa(1+r.IntN(60))
	}
	town.Country = country
	c := &Customer{
		ID: number, ExternalID: "cust-" + strconv.Itoa(4000+i), MerchantID: m.ID, Name: name,
		Email: mailbox(name, i), Phone: fmt.Sprintf("+1%d55501%02d", 201+r.IntN(700), r.IntN(100)),
		Address: town, EnrolledAt: now - 420*day - r.Int64N(900*day), merchant: m, provider: bank,
		Fingerprint: fingerprint(r),
	}
	// Tax ids start with 9 or 000, which the authority gives to nobody.
	switch r.IntN(4) {
	case 0:
		c.TaxID = "000" + digits(r, 6)
	case 1:
		c.TaxID = "9" + digits(r, 8)
	}
	if r.IntN(4) == 0 {
		c.LicenseNumber, c.LicenseState = capitalToken(r, 1)+digits(r, 7), town.State
	}
	if r.IntN(3) == 0 {
		c.DateOfBirth = time.Unix(r.Int64N(40*365*86400)-86400*365*10, 0).UTC().Format(time.DateOnly)
	}
	if r.IntN(60) == 0 {
		c.NationalID = capitalToken(r, 2) + digits(r, 8)
	}
	if r.IntN(10) == 0 {
		c.VIP = strconv.Itoa(1 + r.IntN(3))
		c.ExternalTier = pick(r, []string{"Gold", "Silver", "Diamond ◆"})
	}
	c.account = newAccount(r, bank, country, c.EnrolledAt)
	return c
}

func newAccount(r *rand.Rand, bank *Provider, country string, enrolled int64) *Account {
	four := digits(r, 4)
	a := &Account{
		Name: "Demo Checking Account", Country: country, Number: four, Routing: bank.routing, Token: capitalToken(r, 8) + four,
		ProviderID: bank.ID, Type: 1, Profile: 1, Source: 1, VerificationType: 2, Score: 10, Verified: true, EnoughFunds: r.IntN(12) > 0,
		VerifiedAt: enrolled/1000 + 3,
	}
	if r.IntN(5) == 0 {
		a.Name, a.Type = "Demo Savings Account", 2
	}
	if r.IntN(12) == 0 {
		a.Profile = 2
	}
	if bank.Type == 2 { // typed in by hand
		a.Profile, a.VerificationType, a.Score = -1, 1, int16(r.IntN(11))
		a.Verified = a.Score >= 6
		if r.IntN(3) == 0 {
			a.Score = -1
		}
	}
	if r.IntN(9) == 0 { // a virtual number is whole, and the real one's last four come beside it
		a.Number, a.LastFour, a.Virtual = "70"+digits(r, 12), four, true
	}
	return a
}

func mailbox(name string, i int) string {
	var b strings.Builder
	for _, c := range strings.ToLower(name) {
		switch {
		case c >= 'a' && c <= 'z':
			b.WriteRune(c)
		case c == ' ' && b.Len() > 0:
			b.WriteByte('.')
		}
		if b.Len() > 20 {
			break
		}
	}
	return strings.Trim(b.String(), ".") + strconv.Itoa(i) + "@example.com"
}

func fingerprint(r *rand.Rand) string {
	b := make([]byte, 20)
	for i := range b {
		b[i] = byte(r.IntN(256))
	}
	return base64.StdEncoding.EncodeToString(b)
}

// clientIP picks an address of the ranges kept for documentation.
func clientIP(r *rand.Rand) string {
	switch r.IntN(8) {
	case 0:
		return fmt.Sprintf("2001:db8:%x:%x::%x", r.IntN(1<<16), 1+r.IntN(1<<16-1), 1+r.IntN(1<<16-1))
	case 1, 2:
		return fmt.Sprintf("192.0.2.%d", r.IntN(256))
	case 3, 4:
		return fmt.Sprintf("198.51.100.%d", r.IntN(256))
	default:
		return fmt.Sprintf("203.0.113.%d", r.IntN(256))
	}
}
