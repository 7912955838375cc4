// Checks one of our logs with the note and tree code of the Go checksum database, which shares nothing with ours.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type sample struct {
	Vkey        string
	Note        string
	Root        []byte
	OldRoot     []byte
	Old, New    int64
	Leaves      [][]byte
	Inclusion   [][][]byte
	Consistency [][]byte
	Tiles       []struct {
		L     int
		N     int64
		W     int
		Bytes []byte
	}
}

func hashes(list [][]byte) []tlog.Hash {
	found := make([]tlog.Hash, len(list))
	for i, raw := range list {
		copy(found[i][:], raw)
	}
	return found
}

func hash(raw []byte) tlog.Hash { return hashes([][]byte{raw})[0] }

// tiles serves our tiles to their reader; SaveTiles is theirs to ignore.
type tiles struct{ s *sample }

func (t tiles) Height() int                     { return 8 }
func (t tiles) SaveTiles([]tlog.Tile, [][]byte) {}
func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var found [][]byte
	for _, want := range wanted {
		for _, have := range t.s.Tiles {
			if have.L == want.L && have.N == want.N && have.W >= want.W {
				found = append(found, have.Bytes[:want.W*tlog.HashSize])
			}
		}
	}
	if len(found) != len(wanted) {
		return nil, fmt.Errorf("%d of %d tiles", len(found), len(wanted))
	}
	return found, nil
}

func check(s *sample) error {
	key, err := note.NewVerifier(s.Vkey)
	if err != nil {
		return err
	}
	opened, err := note.Open([]byte(s.Note), note.VerifierList(key))
	if err != nil {
		return err
	}
	if _, err := note.Open([]byte("x"+s.Note), note.VerifierList(key)); err == nil {
		return fmt.Errorf("a changed note verifies")
	}
	if want := fmt.Sprintf("%s\n%d\n%s\n", key.Name(), s.New, hash(s.Root)); opened.Text != want {
		return fmt.Errorf("checkpoint %q, not %q", opened.Text, want)
	}
	reader := tlog.TileHashReader(tlog.Tree{N: s.New, Hash: hash(s.Root)}, tiles{s})
	for i, leaf := range s.Leaves {
		if err := tlog.CheckRecord(hashes(s.Inclusion[i]), s.New, hash(s.Root), int64(i), tlog.RecordHash(leaf)); err != nil {
			return fmt.Errorf("leaf %d: %w", i, err)
		}
		theirs, err := tlog.ProveRecord(s.New, int64(i), reader)
		if err != nil {
			return fmt.Errorf("tiles for leaf %d: %w", i, err)
		}
		if fmt.Sprint(theirs) != fmt.Sprint(tlog.RecordProof(hashes(s.Inclusion[i]))) {
			return fmt.Errorf("leaf %d: another proof", i)
		}
	}
	return tlog.CheckTree(hashes(s.Consistency), s.New, hash(s.Root), s.Old, hash(s.OldRoot))
}

func main() {
	var s sample
	if err := json.NewDecoder(os.Stdin).Decode(&s); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	if err := check(&s); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Printf("ok: %d leaves, %d tiles\n", len(s.Leaves), len(s.Tiles))
}
