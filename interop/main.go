// Command interop checks what a ledger serves with the Go project's own transparency log packages, which share no code
// with this repository. It prints one line and ends with 0 when everything holds, 1 when something does not, 2 on usage.
package main

import (
	"fmt"
	"os"
)

const usage = `usage:
  interop tree DIR LOG-VKEY [WITNESS-VKEY...]                      a served tree, every tile and every entry
  interop proof PROOF ENTRY LOG-VKEY [WITNESS-VKEY...]             one tlog-proof file against the entry's bytes
  interop consistency OLD NEW PROOF LOG-VKEY [WITNESS-VKEY...]     two checkpoints; PROOF: one base64 hash a line
`

// bytesMax bounds every file that is read: a full bundle of the largest entries is 16 777 472 bytes.
const bytesMax = 1 << 25

type command struct {
	operands int
	run      func(args []string, keys *keys) (string, error)
}

var commands = map[string]command{
	"tree":        {1, checkTree},
	"proof":       {2, checkProof},
	"consistency": {3, checkConsistency},
}

func main() {
	os.Exit(run(os.Args[1:]))
}

func run(args []string) int {
	if len(args) == 0 {
		fmt.Fprint(os.Stderr, usage)
		return 2
	}
	chosen, known := commands[args[0]]
	args = args[1:]
	if !known || len(args) < chosen.operands+1 {
		fmt.Fprint(os.Stderr, usage)
		return 2
	}
	pinned, err := parseKeys(args[chosen.operands], args[chosen.operands+1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "usage:", err)
		return 2
	}
	words, err := chosen.run(args[:chosen.operands], pinned)
	if err != nil {
		fmt.Println("does not hold:", err)
		return 1
	}
	fmt.Println("holds:", words)
	return 0
}

func readFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Size() > bytesMax {
		return nil, fmt.Errorf("%s: expected at most %d bytes, found %d", path, bytesMax, info.Size())
	}
	return os.ReadFile(path)
}
