using CdcLab.AppHost.Programs;

namespace CdcLab.Tests.Model.Programs;

[Trait("tier", "model")]
public sealed class Sha512FileTests
{
    private const string Name = KafkaTgz.Name;
    private static readonly byte[] Content = [1, 2, 3];
    private static readonly string Digest = KafkaTgz.Sha512(Content);

    [Fact]
    public void Digest_in_the_form_of_sha512sum_is_found()
        => Assert.Equal(Digest, Sha512File.Parse($"{Digest}  {Name}\n", Name));

    [Fact]
    public void Digest_of_a_binary_read_in_the_form_of_sha512sum_is_found()
        => Assert.Equal(Digest, Sha512File.Parse($"{Digest.ToUpperInvariant()} *{Name}\r\n", Name));

    [Fact]
    public void Digest_without_a_name_is_found()
        => Assert.Equal(Digest, Sha512File.Parse(Digest, Name));

    [Fact]
    public void Digest_in_the_form_of_gpg_over_several_lines_is_found()
        => Assert.Equal(Digest, Sha512File.Parse(KafkaTgz.GpgDigest(Content), Name));

    [Fact]
    public void Digest_in_the_form_of_gpg_with_its_first_line_empty_is_found()
        => Assert.Equal(Digest, Sha512File.Parse(KafkaTgz.GpgDigest(Content).Replace(": ", ":\n", StringComparison.Ordinal), Name));

    [Fact]
    public void Digest_of_another_file_is_not_taken()
        => Assert.Null(Sha512File.Parse($"{Digest}  kafka_2.12-3.5.2.tgz\n", Name));

    [Fact]
    public void Digest_among_those_of_other_files_is_found_by_its_name()
        => Assert.Equal(Digest, Sha512File.Parse($"{KafkaTgz.Sha512([9])}  kafka_2.12-3.5.2.tgz\n{Digest}  {Name}\n", Name));

    [Fact]
    public void Two_different_digests_of_one_file_are_none()
        => Assert.Null(Sha512File.Parse($"{KafkaTgz.Sha512([9])}  {Name}\n{Digest}  {Name}\n", Name));

    [Theory]
    [InlineData("")]
    [InlineData("<html><body>404</body></html>")]
    [InlineData(Name)]
    [InlineData(Name + ":")]
    public void Text_without_a_digest_has_none(string text) => Assert.Null(Sha512File.Parse(text, Name));

    [Fact]
    public void Digest_cut_short_anywhere_is_not_taken()
    {
        foreach (var text in (string[])[$"{Digest}  {Name}", KafkaTgz.GpgDigest(Content).TrimEnd()])
        {
            for (var length = 0; length < 128; length++)
                Assert.Null(Sha512File.Parse(text[..length], Name));
        }
    }

    [Property]
    public bool Any_text_gives_a_whole_digest_or_none(string? text)
        => Sha512File.Parse(text ?? "", Name) is null or { Length: 128 };
}
