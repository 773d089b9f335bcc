package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// keys are the pinned ones: the log's, and the witnesses that must all have cosigned.
type keys struct {
	log       note.Verifier
	witnesses []note.Verifier
}

func parseKeys(log string, witnesses []string) (*keys, error) {
	verifier, err := note.NewVerifier(log)
	if err != nil {
		return nil, err
	}
	pinned := &keys{log: verifier}
	for _, vkey := range witnesses {
		witness, err := newCosigner(vkey)
		if err != nil {
			return nil, err
		}
		pinned.witnesses = append(pinned.witnesses, witness)
	}
	return pinned, nil
}

// cosigner verifies C2SP tlog-cosignature v1 (type 0x04), which the note package does not know.
type cosigner struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func (c *cosigner) Name() string    { return c.name }
func (c *cosigner) KeyHash() uint32 { return c.hash }

func (c *cosigner) Verify(text, signature []byte) bool {
	if len(signature) != 8+ed25519.SignatureSize {
		return false
	}
	seconds := binary.BigEndian.Uint64(signature)
	message := append([]byte(fmt.Sprintf("cosignature/v1\ntime %d\n", seconds)), text...)
	return seconds > 0 && seconds < 1<<63 && ed25519.Verify(c.key, message, signature[8:])
}

func newCosigner(vkey string) (note.Verifier, error) {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 {
		return nil, fmt.Errorf("expected a witness's verifier key, found %q", vkey)
	}
	key, err := base64.StdEncoding.Strict().DecodeString(parts[2])
	if err != nil || len(key) != 1+ed25519.PublicKeySize || key[0] != 0x04 {
		return nil, fmt.Errorf("expected a key of type 0x04, found %q", vkey)
	}
	sum := sha256.Sum256(append([]byte(parts[0]+"\n"), key...))
	hash := binary.BigEndian.Uint32(sum[:])
	if fmt.Sprintf("%08x", hash) != parts[1] {
		return nil, fmt.Errorf("expected key ID %08x, found %q", hash, parts[1])
	}
	return &cosigner{name: parts[0], hash: hash, key: key[1:]}, nil
}

// openCheckpoint demands the log's signature and every pinned witness's; note.Open refuses a known key's line that fails.
func openCheckpoint(signed []byte, pinned *keys) (tlog.Tree, error) {
	required := append([]note.Verifier{pinned.log}, pinned.witnesses...)
	opened, err := note.Open(signed, note.VerifierList(required...))
	if err != nil {
		return tlog.Tree{}, fmt.Errorf("checkpoint: %w", err)
	}
	for _, verifier := range required {
		if !hasSigned(opened, verifier) {
			return tlog.Tree{}, fmt.Errorf("checkpoint: expected a signature of %s, found none", verifier.Name())
		}
	}
	return parseCheckpoint(opened.Text, pinned.log.Name())
}

func hasSigned(opened *note.Note, verifier note.Verifier) bool {
	for _, signature := range opened.Sigs {
		if signature.Name == verifier.Name() && signature.Hash == verifier.KeyHash() {
			return true
		}
	}
	return false
}

// parseCheckpoint stands in for tlog.ParseTree, which reads only the Go checksum database's header.
func parseCheckpoint(text, origin string) (tlog.Tree, error) {
	lines := strings.Split(text, "\n")
	if len(lines) != 4 || lines[3] != "" || lines[0] != origin {
		return tlog.Tree{}, fmt.Errorf("checkpoint: expected three lines that begin with %s", origin)
	}
	size, err := parseDecimal(lines[1])
	if err != nil {
		return tlog.Tree{}, fmt.Errorf("checkpoint size: %w", err)
	}
	root, err := parseHash(lines[2])
	if err != nil {
		return tlog.Tree{}, fmt.Errorf("checkpoint root: %w", err)
	}
	return tlog.Tree{N: size, Hash: root}, nil
}

// rootOf stands in for tlog.TreeHash, which calls the root of the empty tree zero.
func rootOf(size int64, reader tlog.HashReader) (tlog.Hash, error) {
	if size == 0 {
		return sha256.Sum256(nil), nil
	}
	return tlog.TreeHash(size, reader)
}

func parseDecimal(text string) (int64, error) {
	number, err := strconv.ParseInt(text, 10, 64)
	if err != nil || number < 0 || strconv.FormatInt(number, 10) != text {
		return 0, fmt.Errorf("expected a decimal, found %q", text)
	}
	return number, nil
}

func parseHash(text string) (tlog.Hash, error) {
	decoded, err := base64.StdEncoding.Strict().DecodeString(text)
	// Go's decoder passes over line ends; what is written again must be the same.
	if err != nil || len(decoded) != tlog.HashSize || base64.StdEncoding.EncodeToString(decoded) != text {
		return tlog.Hash{}, fmt.Errorf("expected base64 of 32 bytes, found %q", text)
	}
	var hash tlog.Hash
	copy(hash[:], decoded)
	return hash, nil
}

func parseHashes(lines []string) ([]tlog.Hash, error) {
	hashes := []tlog.Hash{}
	for _, line := range lines {
		hash, err := parseHash(line)
		if err != nil {
			return nil, err
		}
		hashes = append(hashes, hash)
	}
	return hashes, nil
}

func sameRoot(a, b tlog.Hash) bool { return bytes.Equal(a[:], b[:]) }
