module mutexes

go 1.21
