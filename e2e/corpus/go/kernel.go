package main

import (
	"log"
	"net"
	"os"
	"path/filepath"
)

func init() {
	programs["unread-connections"] = leaveUnread
	programs["scratch-files"] = leaveFile
}

var connections []net.Conn

// leaveUnread opens a connection whose answer nobody reads: it stays in the kernel's buffers.
//
//go:noinline
func leaveUnread(request int) {
	if !every(128, request) {
		return
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	defer listener.Close()
	client, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		log.Fatal(err)
	}
	server, err := listener.Accept()
	if err != nil {
		log.Fatal(err)
	}
	_, _ = server.Write(make([]byte, 96*kib))
	connections = append(connections, client, server)
}

// leaveFile never deletes what it has put aside in memory: /scratch is a tmpfs.
//
//go:noinline
func leaveFile(request int) {
	if every(16, request) {
		if err := os.WriteFile(filepath.Join("/scratch", id(request)), make([]byte, 16*kib), 0o600); err != nil {
			log.Fatal(err)
		}
	}
}
