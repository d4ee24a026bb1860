module heapwarden.dev/e2e/corpus

go 1.24
