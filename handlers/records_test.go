package handlers_test

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"
)

// madeUp returns n records from a seed, newest last, over the 20 days before testNow. Every filter finds some of them
// and misses some. Now and then several share an instant. step is what the times are multiples of.
func madeUp(seed uint64, n int, step time.Duration) []record {
	rng := rand.New(rand.NewPCG(seed, 1))
	at := testNow.Add(-20 * 24 * time.Hour).UnixMilli()
	last := testNow.Add(-time.Minute).UnixMilli()
	var rows []record
	for i := range n {
		if i%7 != 3 && i%7 != 4 {
			at += (last - at) / int64(n-i) * int64(rng.IntN(100)+50) / 150
			at = at / step.Milliseconds() * step.Milliseconds()
		}
		rows = append(rows, madeUpRecord(rng, 700_000_000+i, at, step))
	}
	return rows
}

var madeUpNames = []string{"Ada Example", "Bernd Müller", "Chloë O’Neil", "Đặng Thị Mai", "山田 太郎", "Иван Петров", "Joe User", "Zoë & Sons"}

func madeUpRecord(rng *rand.Rand, id int, at int64, step time.Duration) record {
	pick := func(codes ...int) int { return codes[rng.IntN(len(codes))] }
	cents := func(n int) string { c := rng.IntN(n); return fmt.Sprintf("%d.%02d", c/100, c%100) }
	later := func() any {
		if rng.IntN(5) == 0 {
			return nil
		}
		return (at + int64(rng.IntN(3*86_400_000))) / step.Milliseconds() * step.Milliseconds()
	}
	payment := 800_000_000 + id%40
	customer := payment % 17
	bank := 200_005_501 + customer%4
	return record{
		"transactionId":         strconv.Itoa(id),
		"originalTransactionId": strconv.Itoa(700_000_000 + id%11),
		"transactionType":       pick(1, 2, 3, 3, 3, 4, 6, 99), "status": pick(0, 2, 3, 4, 4, 4, 5, 8, 11, 77),
		"statusMessage": "Message of " + strconv.Itoa(id), "currency": "USD",
		"amount": cents(20_000), "pending": "0.00", "paid": cents(20_000), "refunded": cents(5_000), "balance": cents(9_000), "fee": "0.00",
		"ip": fmt.Sprintf("203.0.113.%d", customer), "userPortal": id%5 == 0,
		"merchantReference": fmt.Sprintf("ORD-%d-1", payment),
		"createdAt":         at, "updatedAt": at + int64(rng.IntN(4))*86_400_000/step.Milliseconds()*step.Milliseconds(),
		"processedAt": later(), "completedAt": later(),
		"paymentProviderTransaction": record{
			"paymentProviderTransactionId": "ptx-" + strconv.Itoa(id), "status": []string{"AC118", "R01", "R10", "SW054", "ZZ9", "UC07"}[rng.IntN(6)],
		},
		"payment": record{
			"paymentId": strconv.Itoa(payment), "paymentType": pick(1, 2, 3, 4), "merchantReference": fmt.Sprintf("ORD-%d", payment),
			"description": fmt.Sprintf("Order %d of the day", payment), "fingerprint": fmt.Sprintf("8ZqP5XmH/%d+w==", customer),
			"merchant":     record{"merchantId": strconv.Itoa(1_002_000_001 + customer%3), "name": "Example Store"},
			"verification": record{"status": pick(1, 2, 3, 4), "mode": 3},
			"auth":         record{"status": pick(1, 2, 3, 5), "message": "Authorized"},
			"account": record{
				"name": "Demo Checking Account", "type": 1, "accountNumber": strconv.Itoa(7000 + customer), "routingNumber": fmt.Sprintf("0%d", 21_000_021+customer%5),
				"verified": customer%2 == 0, "providerId": strconv.Itoa(bank),
			},
			"paymentProvider": record{"paymentProviderId": strconv.Itoa(bank), "name": "Demo Bank " + strconv.Itoa(customer%4), "framework": []string{"fdx", "direct"}[customer%2]},
			"customer":        record{"name": madeUpNames[customer%len(madeUpNames)], "externalId": fmt.Sprintf("cust-%d", customer), "email": fmt.Sprintf("customer%d@example.com", customer)},
		},
	}
}
