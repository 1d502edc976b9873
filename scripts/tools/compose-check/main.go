// Command compose-check reads Compose files as `docker compose config` does: with Compose's own loader, which checks the
// schema, resolves variables, extensions and dependencies, and refuses what is inconsistent. It prints the project as JSON.
//
//	compose-check FOLDER FILE [ENV-FILE]
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/compose-spec/compose-go/v2/cli"
)

func main() {
	if len(os.Args) < 3 || len(os.Args) > 4 {
		fmt.Fprintln(os.Stderr, "usage: compose-check FOLDER FILE [ENV-FILE]")
		os.Exit(2)
	}
	if err := check(os.Args[1], os.Args[2], os.Args[3:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func check(folder, file string, envFiles []string) error {
	ctx := context.Background()
	options, err := cli.NewProjectOptions(
		[]string{file},
		cli.WithWorkingDirectory(folder),
		cli.WithEnvFiles(envFiles...),
		cli.WithDotEnv,
		cli.WithConsistency(true),
		cli.WithInterpolation(true),
		cli.WithResolvedPaths(true),
		// What belongs to a profile is checked as well.
		cli.WithProfiles([]string{"*"}),
	)
	if err != nil {
		return err
	}
	project, err := options.LoadProject(ctx)
	if err != nil {
		return err
	}
	out := json.NewEncoder(os.Stdout)
	out.SetIndent("", "  ")
	return out.Encode(project)
}
