package handlers

import "time"

// speedSpan is over how long a speed is measured: long enough to be calm, short enough to tell of an API that slows down.
const speedSpan = 30 * time.Second

// speedometer tells how many rows came in a minute, of late.
type speedometer struct{ marks []speedMark }

type speedMark struct {
	at   time.Time
	rows int
}

func (s *speedometer) start(rows int) { s.marks = []speedMark{{time.Now(), rows}} }

// perMinute notes how many rows there are now.
func (s *speedometer) perMinute(rows int) int {
	now := speedMark{time.Now(), rows}
	for len(s.marks) > 1 && now.at.Sub(s.marks[1].at) >= speedSpan {
		s.marks = s.marks[1:]
	}
	s.marks = append(s.marks, now)
	since := now.at.Sub(s.marks[0].at)
	if since <= 0 {
		return 0
	}
	return int(float64(now.rows-s.marks[0].rows) * float64(time.Minute) / float64(since))
}
