package main

import (
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

const proofHeader = "c2sp.org/tlog-proof@v1"

// checkProof verifies a C2SP tlog-proof against the entry's own bytes.
func checkProof(args []string, pinned *keys) (string, error) {
	text, err := readFile(args[0])
	if err != nil {
		return "", err
	}
	entry, err := readFile(args[1])
	if err != nil {
		return "", err
	}
	head, checkpoint, found := strings.Cut(string(text), "\n\n")
	if !found {
		return "", fmt.Errorf("proof: expected an empty line before the checkpoint")
	}
	index, path, err := parseProofHead(strings.Split(head, "\n"))
	if err != nil {
		return "", err
	}
	tree, err := openCheckpoint([]byte(checkpoint), pinned)
	if err != nil {
		return "", err
	}
	if index >= tree.N {
		return "", fmt.Errorf("proof: expected an index below %d, found %d", tree.N, index)
	}
	if err := tlog.CheckRecord(path, tree.N, tree.Hash, index, tlog.RecordHash(entry)); err != nil {
		return "", err
	}
	return fmt.Sprintf("entry %d lies in the tree of %d", index, tree.N), nil
}

// parseProofHead passes over the line of extra data, which nothing authenticates.
func parseProofHead(lines []string) (int64, []tlog.Hash, error) {
	if lines[0] != proofHeader {
		return 0, nil, fmt.Errorf("proof: expected %s, found %q", proofHeader, lines[0])
	}
	lines = lines[1:]
	if len(lines) > 0 && strings.HasPrefix(lines[0], "extra ") {
		lines = lines[1:]
	}
	if len(lines) == 0 || !strings.HasPrefix(lines[0], "index ") {
		return 0, nil, fmt.Errorf("proof: expected a line with the index")
	}
	index, err := parseDecimal(strings.TrimPrefix(lines[0], "index "))
	if err != nil {
		return 0, nil, err
	}
	path, err := parseHashes(lines[1:])
	return index, path, err
}

// checkConsistency verifies that the tree of the second checkpoint begins with the tree of the first.
func checkConsistency(args []string, pinned *keys) (string, error) {
	older, err := readCheckpoint(args[0], pinned)
	if err != nil {
		return "", err
	}
	newer, err := readCheckpoint(args[1], pinned)
	if err != nil {
		return "", err
	}
	text, err := readFile(args[2])
	if err != nil {
		return "", err
	}
	proof := []tlog.Hash{}
	if len(text) > 0 {
		if proof, err = parseHashes(strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")); err != nil {
			return "", err
		}
	}
	if older.N > newer.N {
		return "", fmt.Errorf("expected a tree of at least %d, found %d", older.N, newer.N)
	}
	// tlog.CheckTree refuses size 0, with which every tree is consistent (C2SP tlog-witness).
	if older.N == 0 {
		empty, _ := rootOf(0, nil)
		if len(proof) > 0 || !sameRoot(older.Hash, empty) {
			return "", fmt.Errorf("expected the empty tree and an empty proof")
		}
	} else if err := tlog.CheckTree(proof, newer.N, newer.Hash, older.N, older.Hash); err != nil {
		return "", err
	}
	return fmt.Sprintf("the tree of %d begins with the tree of %d", newer.N, older.N), nil
}

func readCheckpoint(path string, pinned *keys) (tlog.Tree, error) {
	signed, err := readFile(path)
	if err != nil {
		return tlog.Tree{}, err
	}
	return openCheckpoint(signed, pinned)
}
