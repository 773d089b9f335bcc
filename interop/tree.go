package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/mod/sumdb/tlog"
)

// tileHeight in levels: a full tile is 256 hashes wide.
const (
	tileHeight = 8
	tileWidth  = 1 << tileHeight
)

// hashes is every node of the tree, in the order of tlog.StoredHashIndex, worked out from the entries alone.
type hashes []tlog.Hash

func (h hashes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	found := make([]tlog.Hash, len(indexes))
	for position, index := range indexes {
		if index < 0 || index >= int64(len(h)) {
			return nil, fmt.Errorf("no hash is stored at %d", index)
		}
		found[position] = h[index]
	}
	return found, nil
}

// checkTree hashes every entry, compares the root with the signed one, then every tile with what the entries give.
func checkTree(args []string, pinned *keys) (string, error) {
	dir := args[0]
	tree, err := readCheckpoint(filepath.Join(dir, "checkpoint"), pinned)
	if err != nil {
		return "", err
	}
	stored, bundles, err := readEntries(dir, tree.N)
	if err != nil {
		return "", err
	}
	root, err := rootOf(tree.N, stored)
	if err != nil {
		return "", err
	}
	if !sameRoot(root, tree.Hash) {
		return "", fmt.Errorf("the entries give root %s, the checkpoint says %s", root, tree.Hash)
	}
	tiles, err := compareTiles(dir, tree.N, stored)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%d entries in %d bundles, %d tiles, root %s", tree.N, bundles, tiles, root), nil
}

func readEntries(dir string, size int64) (hashes, int, error) {
	stored := hashes{}
	bundles := 0
	for index := int64(0); index*tileWidth < size; index++ {
		width := widthAt(size, index)
		data, err := readTile(dir, "entries", index, width)
		if err != nil {
			return nil, 0, err
		}
		if stored, err = addBundle(stored, data, index*tileWidth, width); err != nil {
			return nil, 0, fmt.Errorf("bundle %d: %w", index, err)
		}
		bundles++
	}
	return stored, bundles, nil
}

// addBundle wants exactly the entries of the width and nothing behind them.
func addBundle(stored hashes, data []byte, first int64, width int) (hashes, error) {
	for offset := 0; offset < width; offset++ {
		if len(data) < 2 || len(data) < 2+int(binary.BigEndian.Uint16(data)) {
			return nil, fmt.Errorf("expected %d entries, found %d", width, offset)
		}
		end := 2 + int(binary.BigEndian.Uint16(data))
		number := first + int64(offset)
		added, err := tlog.StoredHashesForRecordHash(number, tlog.RecordHash(data[2:end]), stored)
		if err != nil {
			return nil, err
		}
		stored = append(stored, added...)
		data = data[end:]
	}
	if len(data) > 0 {
		return nil, fmt.Errorf("expected the end after %d entries, found %d more bytes", width, len(data))
	}
	return stored, nil
}

// compareTiles walks the levels itself: tlog.NewTiles lists every partial width a tree has ever had.
func compareTiles(dir string, size int64, stored hashes) (int, error) {
	tiles := 0
	for level, nodes := 0, size; nodes > 0; level, nodes = level+1, nodes/tileWidth {
		for index := int64(0); index*tileWidth < nodes; index++ {
			width := widthAt(nodes, index)
			found, err := readTile(dir, fmt.Sprint(level), index, width)
			if err != nil {
				return 0, err
			}
			tile := tlog.Tile{H: tileHeight, L: level, N: index, W: width}
			expected, err := tlog.ReadTileData(tile, stored)
			if err != nil {
				return 0, err
			}
			if !bytes.Equal(found, expected) {
				return 0, fmt.Errorf("tile %s is not what the entries give", tilePath(fmt.Sprint(level), index, width))
			}
			tiles++
		}
	}
	return tiles, nil
}

// readTile reads exactly the tile of this width, as C2SP tlog-tiles demands it to be served for a published checkpoint.
func readTile(dir, level string, index int64, width int) ([]byte, error) {
	path := filepath.Join(dir, tilePath(level, index, width))
	data, err := readFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("expected %s, found none", path)
	}
	return data, err
}

func widthAt(nodes, index int64) int {
	if rest := nodes - index*tileWidth; rest < tileWidth {
		return int(rest)
	}
	return tileWidth
}

// tilePath is C2SP's; tlog.Tile.Path carries the height as well.
func tilePath(level string, index int64, width int) string {
	path := fmt.Sprintf("%03d", index%1000)
	for rest := index / 1000; rest > 0; rest /= 1000 {
		path = fmt.Sprintf("x%03d%c%s", rest%1000, os.PathSeparator, path)
	}
	if width < tileWidth {
		path = fmt.Sprintf("%s.p%c%d", path, os.PathSeparator, width)
	}
	return filepath.Join("tile", level, path)
}
