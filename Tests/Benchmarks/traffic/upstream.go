package main

import (
	"flag"
	"fmt"
	"log"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// desk says when a request that arrives now is answered: a fixed number are worked on at once, the others wait in line.
//
// Reckoned and not waited for one after the other, so that a timer that is late does not make the capacity smaller.
// Work for a client that has gone is done all the same, as most services do it.
type desk struct {
	lock sync.Mutex
	free []time.Time // when each place is free again
}

func (d *desk) end(now time.Time, work time.Duration) time.Time {
	if len(d.free) == 0 {
		return now.Add(work)
	}
	d.lock.Lock()
	defer d.lock.Unlock()
	first := 0
	for place := range d.free {
		if d.free[place].Before(d.free[first]) {
			first = place
		}
	}
	begin := d.free[first]
	if begin.Before(now) {
		begin = now
	}
	d.free[first] = begin.Add(work)
	return d.free[first]
}

// upstream serves until it is killed; says its ports in one line, and its calls so far on /count.
func upstream(arguments []string) {
	flags := flag.NewFlagSet("upstream", flag.ExitOnError)
	servers := flags.Int("servers", 1, "ports to listen on, all with one line to wait in")
	delay := flags.Duration("delay", 0, "what an answer takes")
	slowShare := flags.Float64("slow-share", 0, "part of the answers that take longer, chosen at random")
	slow := flags.Duration("slow", 0, "what those take")
	atOnce := flags.Int("at-once", 0, "requests worked on at once; 0 for all")
	_ = flags.Parse(arguments)

	var calls atomic.Int64
	queue := desk{free: make([]time.Time, *atOnce)}
	body := []byte(`{"id":1,"name":"part","tags":["fan-out","gateway","benchmark"],"available":true}`)
	length := []string{strconv.Itoa(len(body))}
	kind := []string{"application/json"}

	mux := http.NewServeMux()
	mux.HandleFunc("/count", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, calls.Load()) })
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		now := time.Now()
		calls.Add(1)
		work := *delay
		if *slowShare > 0 && rand.Float64() < *slowShare {
			work = *slow
		}
		if end := queue.end(now, work); end.After(now) {
			time.Sleep(end.Sub(now))
		}
		w.Header()["Content-Type"] = kind
		w.Header()["Content-Length"] = length
		_, _ = w.Write(body)
	})

	fmt.Print("PORTS")
	ended := make(chan error)
	for range *servers {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			log.Fatal(err)
		}
		fmt.Print(" ", listener.Addr().(*net.TCPAddr).Port)
		go func() { ended <- http.Serve(listener, mux) }()
	}
	fmt.Println()
	log.Fatal(<-ended)
}
