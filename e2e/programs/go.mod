module heapwarden.dev/e2e/programs

go 1.24
