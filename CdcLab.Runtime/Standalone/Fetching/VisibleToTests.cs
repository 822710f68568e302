using System.Runtime.CompilerServices;

// The parsers and the download are tested one by one; nothing outside this folder needs them.
[assembly: InternalsVisibleTo("CdcLab.Tests")]
