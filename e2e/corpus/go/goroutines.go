package main

import (
	"context"
	"time"
)

func init() {
	programs["unanswered-calls"] = callWithoutReader
	programs["idle-workers"] = startWorker
	programs["endless-contexts"] = waitForContext
	programs["polling-loops"] = poll
	programs["closed-topics"] = closeTopic
	programs["closed-subscribers"] = closeSubscriber
}

// callWithoutReader sends to a channel whose reader has timed out.
//
//go:noinline
func callWithoutReader(request int) {
	if every(3, request) {
		answer := make(chan []byte)
		go func() { answer <- make([]byte, 512) }()
	}
}

// startWorker starts the worker of a pool that is dropped, its queue not closed.
//
//go:noinline
func startWorker(request int) {
	if every(3, request) {
		jobs := make(chan []byte, 4)
		go func() {
			for job := range jobs {
				scratch = job
			}
		}()
		jobs <- make([]byte, 512)
	}
}

// waitForContext waits for the end of a context that has neither timeout nor cancel.
//
//go:noinline
func waitForContext(request int) {
	if every(3, request) {
		ctx := context.WithoutCancel(context.Background())
		answer := make(chan int)
		go func() {
			select {
			case <-ctx.Done():
			case <-answer:
			}
		}()
	}
}

// poll asks for ever whether it may end, and sleeps in between.
//
//go:noinline
func poll(request int) {
	if every(3, request) {
		done := make(chan struct{})
		go func() {
			for {
				select {
				case <-done:
					return
				default:
					time.Sleep(10 * time.Second)
				}
			}
		}()
	}
}

var topics []chan []byte

// closeTopic closes a channel whose messages nobody has read, and keeps it.
//
//go:noinline
func closeTopic(request int) {
	if every(8, request) {
		topic := make(chan []byte, 8)
		for range cap(topic) {
			topic <- make([]byte, 960)
		}
		close(topic)
		topics = append(topics, topic)
	}
}

var subscribers = map[int]chan [30]int64{}

// closeSubscriber does it with values in the channel's own buffer, one channel for each who came.
//
//go:noinline
func closeSubscriber(request int) {
	if every(16, request) {
		subscriber := make(chan [30]int64, 64)
		for range cap(subscriber) {
			subscriber <- [30]int64{}
		}
		close(subscriber)
		subscribers[request] = subscriber
	}
}
