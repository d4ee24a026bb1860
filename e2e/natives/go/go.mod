module heapwarden.dev/e2e/natives

go 1.26
