package trustlyclient

import (
	"encoding/json"
	"testing"
)

func TestCodesHoldTheWholeFile(t *testing.T) {
	var file map[string][]map[string]string
	if err := json.Unmarshal(readFile(t, "codes.json"), &file); err != nil {
		t.Fatal(err)
	}
	if got := len(CodeTables()); got != len(file) {
		t.Errorf("got %d tables, want %d", got, len(file))
	}
	for table, rows := range file {
		got := Codes(table)
		if len(got) != len(rows) {
			t.Fatalf("%s: got %d rows, want %d", table, len(got), len(rows))
		}
		for i, row := range rows {
			want := CodeMeaning{row["code"], row["name"], row["description"], row["source"], row["group"], row["category"]}
			if got[i] != want {
				t.Errorf("%s: got %+v, want %+v", table, got[i], want)
			}
			if found, ok := LookupCode(table, row["code"]); !ok || found != want {
				t.Errorf("%s %s: got %+v %v, want %+v", table, row["code"], found, ok, want)
			}
			for name := range row {
				switch name {
				case "code", "name", "description", "source", "group", "category":
				default:
					t.Errorf("%s: the file has a member %q nobody reads", table, name)
				}
			}
		}
	}
}

func TestCodesAreTheCallers(t *testing.T) {
	Codes("TransactionStatus")[0].Name = "changed"
	if got := Codes("TransactionStatus")[0].Name; got != "New" {
		t.Errorf("got %q, want New", got)
	}
	if got := Codes("Nonsense"); got != nil {
		t.Errorf("got %v, want nil", got)
	}
}

func TestLookupCode(t *testing.T) {
	tests := []struct{ table, code, want string }{
		{"TransactionStatus", "4", "Completed"},
		{"TransactionStatus", "77", ""},
		{"TransactionStatus", "", ""},
		{"Nonsense", "4", ""},
		{"AccountType", "-1", "Unknown"},
		{"RecurrenceFrequencyUnitType", "3", "Month"},
		{"DeclineExtendedReasonCode", "10001", "Transaction amount too high"},
		{"DeclineExtendedReasonCode", "11024", "Consumer amount limit in 24 hours"},
		{"DeclineExtendedReasonCode", "12001", "Consumer count limit in 1 hours"},
		{"DeclineExtendedReasonCode", "13999", "Merchant amount limit in 999 hours"},
		{"DeclineExtendedReasonCode", "14007", "Merchant count limit in 7 days"},
		{"DeclineExtendedReasonCode", "11000", ""},
		{"DeclineExtendedReasonCode", "110000", "Split token expired or revoked"},
		{"DeclineExtendedReasonCode", "110024", ""},
		{"DeclineExtendedReasonCode", "1124", ""},
		{"DeclineExtendedReasonCode", "024", ""},
		{"DeclineExtendedReasonCode", "11-24", ""},
		{"DeclineExtendedReasonCode", "99001", ""},
	}
	for _, tt := range tests {
		got, ok := LookupCode(tt.table, tt.code)
		if got.Name != tt.want || ok != (tt.want != "") {
			t.Errorf("%s %q: got %q %v, want %q", tt.table, tt.code, got.Name, ok, tt.want)
		}
		if ok && got.Code != tt.code {
			t.Errorf("%s %q: got code %q, want the one asked for", tt.table, tt.code, got.Code)
		}
	}
	if got, _ := LookupCode("DeclineExtendedReasonCode", "13024"); got.Description != "Detail for SW054" {
		t.Errorf("got description %q, want Detail for SW054", got.Description)
	}
}

func TestLookupProviderStatus(t *testing.T) {
	tests := []struct{ code, want string }{
		{"SW010", "Established"},
		{"EFT_901", "Insufficient funds"},
		{"901", "Insufficient funds"},
		{"R02", "Account closed"},
		{"ARUCS_0", "Invalid details"},
		{"UC010", "UC010"}, // any name will do, see below
		{"ZZ9", ""},
		{"R99", ""},
		{"EFT_R01", ""},
		{"EFT_", ""},
		{"", ""},
	}
	for _, tt := range tests {
		got, ok := LookupProviderStatus(tt.code)
		if ok != (tt.want != "") || (got.Name != tt.want && tt.want != tt.code) {
			t.Errorf("%q: got %+v %v, want %q", tt.code, got, ok, tt.want)
		}
	}
	if got, _ := LookupProviderStatus("R02"); got.Category != "administrative" {
		t.Errorf("got category %q, want administrative", got.Category)
	}
	if got, _ := LookupProviderStatus("SW021"); got.Group == "" {
		t.Error("got no group, want one")
	}
}
