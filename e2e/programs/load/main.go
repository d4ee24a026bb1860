// Command load sends requests at a constant rate to its URLs in turn, a few on each connection, so that a Service
// balances them over its pods. Every 10 s it says what it achieved.
//
//	load -rate 200 http://checkout http://cart
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os/signal"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

const (
	reportEvery = 10 * time.Second
	// Requests under way at most; beyond it load waits, and the reported rate is below the one asked for.
	concurrency = 64
	// Behind by more than this, load does not catch up: a target that was away must not get a flood.
	maxLag = time.Second
	// Requests on one connection, on average: a connection for each costs more than what answers it.
	perConnection = 10
)

func main() {
	rate := flag.Float64("rate", 100, "requests per second in total")
	timeout := flag.Duration("timeout", 5*time.Second, "for one request")
	flag.Parse()
	urls := flag.Args()
	if len(urls) == 0 || *rate <= 0 {
		log.Fatal("usage: load [-rate REQUESTS_PER_SECOND] URL...")
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()

	client := &http.Client{
		Timeout:   *timeout,
		Transport: &http.Transport{DialContext: (&dialer{known: map[string]string{}}).dial},
	}
	var answered, failed atomic.Int64
	go report(ctx, &answered, &failed)

	slots := make(chan struct{}, concurrency)
	interval := time.Duration(float64(time.Second) / *rate)
	next := time.Now()
	for i := 0; ; i++ {
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Until(next)):
		}
		slots <- struct{}{}
		last := i/len(urls)%perConnection == perConnection-1
		go func(url string) {
			defer func() { <-slots }()
			if get(client, url, last) {
				answered.Add(1)
			} else {
				failed.Add(1)
			}
		}(urls[i%len(urls)])
		next = next.Add(interval)
		if time.Since(next) > maxLag {
			next = time.Now()
		}
	}
}

// dialer looks a host up once: the address of a Service does not change, and a look-up for every connection would
// cost more than the request.
type dialer struct {
	net.Dialer
	mu    sync.Mutex
	known map[string]string
}

func (d *dialer) dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	ip, found := d.known[host]
	d.mu.Unlock()
	if !found {
		ips, err := net.DefaultResolver.LookupHost(ctx, host)
		if err != nil {
			return nil, err
		}
		ip = ips[0]
		d.mu.Lock()
		d.known[host] = ip
		d.mu.Unlock()
	}
	return d.DialContext(ctx, network, net.JoinHostPort(ip, port))
}

// get asks for the URL, and closes the connection where it is the last request on it.
func get(client *http.Client, url string, last bool) bool {
	request, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		return false
	}
	request.Close = last
	response, err := client.Do(request)
	if err != nil {
		return false
	}
	defer response.Body.Close()
	_, err = io.Copy(io.Discard, response.Body)
	return err == nil && response.StatusCode < 400
}

// report writes a line every 10 s: "199.8 requests/s, 0.0 failures/s".
func report(ctx context.Context, answered, failed *atomic.Int64) {
	ticker := time.NewTicker(reportEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			fmt.Printf("%.1f requests/s, %.1f failures/s\n",
				float64(answered.Swap(0))/reportEvery.Seconds(), float64(failed.Swap(0))/reportEvery.Seconds())
		}
	}
}
