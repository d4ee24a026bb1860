// Says where the fields of a program's structs lie, as its DWARF has it: layout BINARY NAME...
// A name is a type and a path of fields, such as runtime.g.sched.bp; a type alone has its size.
package main

import (
	"debug/dwarf"
	"debug/elf"
	"fmt"
	"log"
	"os"
	"strings"
)

func main() {
	file, err := elf.Open(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	data, err := file.DWARF()
	if err != nil {
		log.Fatal(err)
	}
	types := map[string]*dwarf.StructType{}
	for entries := data.Reader(); ; {
		entry, err := entries.Next()
		if err != nil {
			log.Fatal(err)
		}
		if entry == nil {
			break
		}
		if entry.Tag != dwarf.TagStructType {
			continue
		}
		if t, err := data.Type(entry.Offset); err == nil {
			if s, ok := t.(*dwarf.StructType); ok && types[s.StructName] == nil {
				types[s.StructName] = s
			}
		}
	}
	for _, name := range os.Args[2:] {
		parts := strings.Split(name, ".")
		fmt.Println(name, offset(types[strings.Join(parts[:2], ".")], parts[2:]))
	}
}

func offset(t *dwarf.StructType, path []string) int64 {
	if t == nil {
		return -1
	}
	if len(path) == 0 {
		return t.ByteSize
	}
	for _, field := range t.Field {
		if field.Name != path[0] {
			continue
		}
		if len(path) == 1 {
			return field.ByteOffset
		}
		inner := field.Type
		if named, ok := inner.(*dwarf.TypedefType); ok {
			inner = named.Type
		}
		if s, ok := inner.(*dwarf.StructType); ok {
			if below := offset(s, path[1:]); below >= 0 {
				return field.ByteOffset + below
			}
		}
		return -1
	}
	return -1
}
