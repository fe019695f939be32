package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"sync"
	"time"
)

const patience = 10 * time.Second // for one answer, connecting included

// outcome is what became of one request; a status of 0 is none at all.
type outcome struct {
	status   int
	complete bool // what X-Gateway-Completed says; true where it is not there
	latency  time.Duration
	lag      time.Duration // how late it was sent
}

// connections that wait for a request; the one that has waited for longest has the next, so that all are used.
type connections struct {
	address string
	lock    sync.Mutex
	idle    []*connection
}

type connection struct {
	net.Conn
	reader *bufio.Reader
}

func (c *connections) take() (*connection, error) {
	c.lock.Lock()
	if len(c.idle) > 0 {
		first := c.idle[0]
		c.idle = c.idle[1:]
		c.lock.Unlock()
		return first, nil
	}
	c.lock.Unlock()
	return c.open()
}

func (c *connections) open() (*connection, error) {
	conn, err := net.DialTimeout("tcp", c.address, patience)
	if err != nil {
		return nil, err
	}
	return &connection{conn, bufio.NewReaderSize(conn, 1024)}, nil
}

func (c *connections) put(one *connection) {
	c.lock.Lock()
	c.idle = append(c.idle, one)
	c.lock.Unlock()
}

// ask makes one request, which was due at a time; the latency counts from there.
func (c *connections) ask(request []byte, due time.Time) outcome {
	lag := time.Since(due)
	seen := outcome{lag: lag}
	conn, err := c.take()
	if err == nil {
		var isKept bool
		seen.status, seen.complete, isKept = conn.exchange(request)
		if isKept {
			c.put(conn)
		} else {
			conn.Close()
		}
	}
	seen.latency = time.Since(due)
	return seen
}

// exchange returns the status, or 0, what the answer says of itself, and whether the connection has another one in it.
func (c *connection) exchange(request []byte) (status int, isComplete, isKept bool) {
	if c.SetDeadline(time.Now().Add(patience)) != nil {
		return
	}
	if _, err := c.Write(request); err != nil {
		return
	}
	answer, err := http.ReadResponse(c.reader, nil)
	if err != nil {
		return
	}
	defer answer.Body.Close()
	if _, err = io.Copy(io.Discard, answer.Body); err != nil {
		return
	}
	return answer.StatusCode, answer.Header.Get("X-Gateway-Completed") != "false", !answer.Close
}

// load sends requests by the clock, whatever became of those before, and says in one line of JSON what it saw.
func load(arguments []string) {
	flags := flag.NewFlagSet("load", flag.ExitOnError)
	target := flags.String("url", "", "what is asked for")
	rate := flags.Int("rate", 100, "requests a second")
	seconds := flags.Int("seconds", 10, "that count")
	warmUp := flags.Int("warm-up", 0, "seconds before them, which do not")
	first := flags.Int("connections", 64, "opened before; more are when all are in use")
	_ = flags.Parse(arguments)
	parsed, err := url.Parse(*target)
	if err != nil {
		log.Fatal(err)
	}
	request := []byte("GET " + parsed.RequestURI() + " HTTP/1.1\r\nHost: " + parsed.Host + "\r\n\r\n")
	pool := connections{address: parsed.Host}
	for range *first {
		one, err := pool.open()
		if err != nil {
			log.Fatal(err)
		}
		pool.put(one)
	}

	outcomes := make([]outcome, *rate*(*warmUp+*seconds))
	start := time.Now()
	due := func(number int) time.Time {
		return start.Add(time.Duration(number) * time.Second / time.Duration(*rate))
	}
	var waiting sync.WaitGroup
	waiting.Add(len(outcomes))
	for number := range outcomes {
		time.Sleep(time.Until(due(number)))
		go func() {
			defer waiting.Done()
			outcomes[number] = pool.ask(request, due(number))
		}()
	}
	waiting.Wait()
	skipped := *rate * *warmUp
	report(outcomes[skipped:], func(number int) time.Time { return due(skipped + number) })
}

// report writes what is known of the outcomes; latencies are those of pages that came with 200, in milliseconds.
func report(outcomes []outcome, due func(int) time.Time) {
	statuses := map[int]int{}
	failed := [][2]int64{} // when it was due, in ns since 1970, and its status
	var latencies, lags []time.Duration
	for number, one := range outcomes {
		statuses[one.status]++
		lags = append(lags, one.lag)
		if one.status == http.StatusOK && one.complete {
			latencies = append(latencies, one.latency)
		} else if len(failed) < 10_000 {
			failed = append(failed, [2]int64{due(number).UnixNano(), int64(one.status)})
		}
	}
	at := func(sorted []time.Duration, part float64) float64 {
		if len(sorted) == 0 {
			return 0
		}
		return float64(sorted[int(float64(len(sorted)-1)*part)]) / float64(time.Millisecond)
	}
	slices.Sort(latencies)
	slices.Sort(lags)
	_ = json.NewEncoder(os.Stdout).Encode(map[string]any{
		"offered": len(outcomes), "good": len(latencies), "statuses": statuses, "failed": failed,
		"p50": at(latencies, 0.5), "p99": at(latencies, 0.99), "p995": at(latencies, 0.995),
		"p999": at(latencies, 0.999), "lag_p99": at(lags, 0.99),
	})
}
