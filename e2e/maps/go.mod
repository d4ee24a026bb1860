module heapwarden.dev/e2e/maps

go 1.21
