package main

import (
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// What ../terraform-schema.ts writes.
type document struct {
	Provider    block            `json:"provider"`
	Resources   map[string]block `json:"resources"`
	DataSources map[string]block `json:"dataSources"`
}

type block struct {
	Attributes map[string]attribute `json:"attributes"`
	Blocks     map[string]nested    `json:"blocks"`
}

type attribute struct {
	Type any    `json:"type"`
	Mode string `json:"mode"` // required, optional, settable (optional and computed), computed
}

type nested struct {
	Nesting string `json:"nesting"` // list, set, single
	Min     int64  `json:"min"`
	Max     int64  `json:"max"`
	Block   block  `json:"block"`
}

func schemaOf(b block) (*tfprotov6.Schema, error) {
	converted, err := blockOf(b, true)
	return &tfprotov6.Schema{Block: converted}, err
}

func schemasOf(blocks map[string]block) (map[string]*tfprotov6.Schema, error) {
	all := map[string]*tfprotov6.Schema{}
	for name, b := range blocks {
		one, err := schemaOf(b)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		all[name] = one
	}
	return all, nil
}

func blockOf(b block, top bool) (*tfprotov6.SchemaBlock, error) {
	out := &tfprotov6.SchemaBlock{}
	for _, name := range sortedKeys(b.Attributes) {
		a := b.Attributes[name]
		t, err := typeOf(a.Type, top)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		out.Attributes = append(out.Attributes, &tfprotov6.SchemaAttribute{
			Name:     name,
			Type:     t,
			Required: a.Mode == "required",
			Optional: a.Mode == "optional" || a.Mode == "settable",
			Computed: a.Mode == "computed" || a.Mode == "settable",
			// Values that Terraform must not keep: only these are named so in AWS's provider.
			WriteOnly: isWriteOnly(name, a),
		})
	}
	for _, name := range sortedKeys(b.Blocks) {
		n := b.Blocks[name]
		inner, err := blockOf(n.Block, false)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		one := &tfprotov6.SchemaNestedBlock{TypeName: name, Block: inner}
		switch n.Nesting {
		case "list":
			one.Nesting = tfprotov6.SchemaNestedBlockNestingModeList
		case "set":
			one.Nesting = tfprotov6.SchemaNestedBlockNestingModeSet
		case "single":
			one.Nesting = tfprotov6.SchemaNestedBlockNestingModeSingle
		default:
			return nil, fmt.Errorf("%s: no nesting %q", name, n.Nesting)
		}
		if n.Nesting != "single" {
			one.MinItems, one.MaxItems = n.Min, n.Max
		}
		out.BlockTypes = append(out.BlockTypes, one)
	}
	return out, nil
}

func isWriteOnly(name string, a attribute) bool {
	return len(name) > 3 && name[len(name)-3:] == "_wo" && a.Mode != "computed" && a.Type == "string"
}

// A value within a block cannot be of any type, so there "dynamic" becomes a text.
func typeOf(v any, top bool) (tftypes.Type, error) {
	switch x := v.(type) {
	case string:
		switch x {
		case "string":
			return tftypes.String, nil
		case "number":
			return tftypes.Number, nil
		case "bool":
			return tftypes.Bool, nil
		case "dynamic":
			if top {
				return tftypes.DynamicPseudoType, nil
			}
			return tftypes.String, nil
		}
	case []any:
		if len(x) == 2 {
			element, err := typeOf(x[1], false)
			if err != nil {
				return nil, err
			}
			switch x[0] {
			case "list":
				return tftypes.List{ElementType: element}, nil
			case "set":
				return tftypes.Set{ElementType: element}, nil
			case "map":
				return tftypes.Map{ElementType: element}, nil
			}
		}
	}
	return nil, fmt.Errorf("no type %v", v)
}

func sortedKeys[T any](m map[string]T) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
