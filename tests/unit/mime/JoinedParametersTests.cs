using MailMesh.Mime;

namespace MailMesh.Unit.Tests.Mime;

public sealed class JoinedParametersTests
{
    [Theory]
    [InlineData("a=1; b*=utf-8''%C3%BC; c*1=late", "a=1; b*=utf-8''%C3%BC; c*1=late")]
    [InlineData("a=1; name*0=one; b=2; name*1=two; name*2=three; c=3", "a=1; name=onetwothree; b=2; c=3")]
    [InlineData("name*1=two; b=2; NAME*0=one", "b=2; NAME=onetwo")]
    [InlineData("name*0*=utf-8'de'%C3%BC; name*1*=%20b; x=1", "name*=utf-8'de'%C3%BC%20b; x=1")]
    [InlineData("name*0*=utf-8''%C3%BC; name*1=a%b c", "name*=utf-8''%C3%BCa%25b%20c")]
    [InlineData("name*0=a b; name*1*=%C3%BC", "name*=''a%20b%C3%BC")]
    [InlineData("name*0=one; name*2=three", "name=one; name*2=three")]
    [InlineData("name*0*=utf-8''a; name*1=\u00fc", "name*0*=utf-8''a; name*1=\u00fc")]
    [InlineData("*0=x; *1=y", "=xy")]
    [InlineData("n*0=a; n*1=b; m*0=c; m*1=d", "n=ab; m=cd")]
    [InlineData("n*0=a; n*0=b; n*1=c", "n=ac; n=b")]
    public void Pieces_are_put_together(string given, string expected) => Assert.Equal(Read(expected), JoinedParameters.Of(Read(given)));

    private static List<KeyValuePair<string, string>> Read(string text) =>
        [.. text.Split("; ").Select(pair => pair.Split('=', 2)).Select(pair => new KeyValuePair<string, string>(pair[0], pair[1]))];
}
