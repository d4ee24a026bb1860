// Says where the fields of a program's structs lie, as its DWARF has it: layout BINARY NAME...
// A name is a type and a path of fields, such as runtime.g.sched.bp; a type alone has its size, and so
// has a variable; a constant has its value.
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
	numbers := map[string]int64{}
	for entries := data.Reader(); ; {
		entry, err := entries.Next()
		if err != nil {
			log.Fatal(err)
		}
		if entry == nil {
			break
		}
		if name, ok := entry.Val(dwarf.AttrName).(string); ok && entry.Tag == dwarf.TagVariable {
			if of, ok := entry.Val(dwarf.AttrType).(dwarf.Offset); ok {
				if t, err := data.Type(of); err == nil {
					numbers[name] = t.Size()
				}
			}
		}
		if name, ok := entry.Val(dwarf.AttrName).(string); ok && entry.Tag == dwarf.TagConstant {
			if value, ok := entry.Val(dwarf.AttrConstValue).(int64); ok {
				numbers[name] = value
			}
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
		if number, ok := numbers[name]; ok {
			fmt.Println(name, number)
			continue
		}
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
