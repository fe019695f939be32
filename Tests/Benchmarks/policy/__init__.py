"""What the policies reach: each module measures one case."""
