// The peer in Go: net/http on both sides, one goroutine per call, a keep-alive transport tuned for fan-out.
//
// Usage: fanout LISTEN UPSTREAM, for example: fanout 127.0.0.1:8081 http://127.0.0.1:9001
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"sync"
	"time"
)

const (
	routeTimeout    = 2 * time.Second // what the gateway's route has
	maxResponseBody = 10 << 20        // bytes per call, as the gateway's default
)

// group is the merged answer; a RawMessage is checked by Marshal but not decoded into a tree.
type group struct {
	A json.RawMessage `json:"a"`
	B json.RawMessage `json:"b"`
	C json.RawMessage `json:"c"`
	D json.RawMessage `json:"d"`
	E json.RawMessage `json:"e"`
}

var client = &http.Client{
	Transport: &http.Transport{
		// The default keeps 2 idle connections per host, which makes a fan-out connect anew for most calls.
		MaxIdleConns:        0,
		MaxIdleConnsPerHost: 20000,
		IdleConnTimeout:     75 * time.Second,
		DisableCompression:  true,
		Proxy:               nil,
	},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

func fetch(ctx context.Context, url string) (json.RawMessage, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxResponseBody))
	if err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answered %d", url, response.StatusCode)
	}
	return body, nil
}

func page(upstream string) http.HandlerFunc {
	urls := [5]string{upstream + "/a", upstream + "/b", upstream + "/c", upstream + "/d", upstream + "/e"}
	return func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), routeTimeout)
		defer cancel()
		var bodies [5]json.RawMessage
		var failures [5]error
		var calls sync.WaitGroup
		calls.Add(len(urls))
		for i := range urls {
			go func() {
				defer calls.Done()
				bodies[i], failures[i] = fetch(ctx, urls[i])
			}()
		}
		calls.Wait()
		for _, failure := range failures {
			if failure != nil {
				http.Error(w, failure.Error(), http.StatusBadGateway)
				return
			}
		}
		merged, err := json.Marshal(group{bodies[0], bodies[1], bodies[2], bodies[3], bodies[4]})
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.Write(merged)
	}
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: fanout LISTEN UPSTREAM")
		os.Exit(64)
	}
	http.HandleFunc("/page", page(os.Args[2]))
	log.Fatal(http.ListenAndServe(os.Args[1], nil))
}
