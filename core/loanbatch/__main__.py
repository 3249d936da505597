"""`python -m loanbatch`: the command line without its script."""

from loanbatch.cli import main

if __name__ == "__main__":
    main()
