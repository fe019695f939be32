// The peer in Go: net/http on both sides, one goroutine per call, a keep-alive transport tuned for fan-out.
//
// Usage: fanout -listen 127.0.0.1:8081 -upstream http://127.0.0.1:9001 [-timeout 2s] [-text] [-proxy] [-ca FILE]
package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"sync"
	"time"
)

const maxResponseBody = 10 << 20 // bytes per call, as the gateway's default

var (
	listen   = flag.String("listen", "127.0.0.1:8081", "address to serve")
	upstream = flag.String("upstream", "http://127.0.0.1:9001", "scheme, address and first part of the path of the calls")
	timeout  = flag.Duration("timeout", 2*time.Second, "what the gateway's route has")
	text     = flag.Bool("text", false, "bodies are text that becomes JSON strings")
	proxy    = flag.Bool("proxy", false, "pass one call on as it is, by httputil.ReverseProxy")
	ca       = flag.String("ca", "", "PEM file of who signs the upstream's certificate")
)

// group is the merged answer; a RawMessage is checked by Marshal but not decoded into a tree.
type group struct {
	A json.RawMessage `json:"a"`
	B json.RawMessage `json:"b"`
	C json.RawMessage `json:"c"`
	D json.RawMessage `json:"d"`
	E json.RawMessage `json:"e"`
}

// texts is the merged answer when the bodies are plain text.
type texts struct {
	A string `json:"a"`
	B string `json:"b"`
	C string `json:"c"`
	D string `json:"d"`
	E string `json:"e"`
}

var transport = &http.Transport{
	// The default keeps 2 idle connections per host, which makes a fan-out connect anew for most calls.
	MaxIdleConns:        0,
	MaxIdleConnsPerHost: 20000,
	IdleConnTimeout:     75 * time.Second,
	DisableCompression:  true,
	Proxy:               nil,
}

var client = &http.Client{
	Transport:     transport,
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// requestID is 128 random bits, as the gateway makes them: each call of a page takes it along.
func requestID() string {
	return fmt.Sprintf("%016x%016x", rand.Uint64(), rand.Uint64())
}

func fetch(ctx context.Context, url, id string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("X-Request-Id", id)
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
		ctx, cancel := context.WithTimeout(r.Context(), *timeout)
		defer cancel()
		id := requestID()
		var bodies [5][]byte
		var failures [5]error
		var calls sync.WaitGroup
		calls.Add(len(urls))
		for i := range urls {
			go func() {
				defer calls.Done()
				bodies[i], failures[i] = fetch(ctx, urls[i], id)
			}()
		}
		calls.Wait()
		for _, failure := range failures {
			if failure != nil {
				http.Error(w, failure.Error(), http.StatusBadGateway)
				return
			}
		}
		merged, err := merge(bodies)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.Write(merged)
	}
}

func merge(b [5][]byte) ([]byte, error) {
	if !*text {
		return json.Marshal(group{b[0], b[1], b[2], b[3], b[4]})
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(texts{string(b[0]), string(b[1]), string(b[2]), string(b[3]), string(b[4])})
	return out.Bytes(), err
}

// buffers are reused, as somebody who cares would have it: ReverseProxy makes one of 32 KiB for each request otherwise.
type buffers struct{ pool sync.Pool }

func (b *buffers) Get() []byte {
	if buffer, ok := b.pool.Get().(*[]byte); ok {
		return *buffer
	}
	return make([]byte, 32<<10)
}

func (b *buffers) Put(buffer []byte) { b.pool.Put(&buffer) }

func passOn(upstream string) http.Handler {
	target, err := url.Parse(upstream + "/a")
	if err != nil {
		log.Fatal(err)
	}
	return &httputil.ReverseProxy{
		Transport:  transport,
		BufferPool: &buffers{},
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL = target
			r.Out.Host = ""
			r.SetXForwarded()
			r.Out.Header.Set("X-Request-Id", requestID())
		},
	}
}

func main() {
	flag.Parse()
	if flag.NArg() != 0 {
		flag.Usage()
		os.Exit(64)
	}
	if *ca != "" {
		pem, err := os.ReadFile(*ca)
		if err != nil {
			log.Fatal(err)
		}
		roots := x509.NewCertPool()
		roots.AppendCertsFromPEM(pem)
		// A TLS configuration of its own leaves HTTP/2 off, as the gateway's default is.
		transport.TLSClientConfig = &tls.Config{RootCAs: roots}
	}
	if *proxy {
		http.Handle("/page", passOn(*upstream))
	} else {
		http.HandleFunc("/page", page(*upstream))
	}
	log.Fatal(http.ListenAndServe(*listen, nil))
}
